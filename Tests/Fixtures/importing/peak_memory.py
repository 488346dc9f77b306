"""Runs a command and prints its peak memory in KB after everything else on standard error."""
import resource
import subprocess
import sys

status = subprocess.run(sys.argv[1:], timeout=100).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(status)
