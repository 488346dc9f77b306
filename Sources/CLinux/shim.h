// The parts of Linux that Swift's Glibc module leaves out.
#pragma once
#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

// 1 when the kernel's clock is disciplined by a time service, 0 when not, -1 when it does not say: the structure has
// nameless bit-fields, and nothing of it but this is wanted.
static inline int clock_is_synchronised(void) {
  struct timex state = {0};
  int answer = adjtimex(&state);
  if (answer < 0) return -1;
  return answer != TIME_ERROR && !(state.status & STA_UNSYNC);
}

// 0 when all that was printed is out, else the error's number, or -1 where a piece was refused earlier, which leaves its
// mark and not its reason. Swift calls `stdout` unsafe, as it is a variable.
static inline int flush_standard_output(void) {
  if (fflush(stdout) != 0) return errno;
  return ferror(stdout) ? -1 : 0;
}
