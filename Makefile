# Two commands do everything on a fresh Debian 12 with Swift: `make demo` and `make test`.
# Others: build, release, install, lint, bench, clean.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help

BUILD_PACKAGES := libcurl4-openssl-dev libsqlite3-dev libarchive-dev libexpat1-dev
TEST_PACKAGES := $(BUILD_PACKAGES) python3 python3-aiosmtpd python3-dateutil python3-pip remind postfix openssl \
  systemd faketime procps pandoc gcc
DEMO_PACKAGES := $(BUILD_PACKAGES) python3 python3-aiosmtpd
# What the daemon is measured beside; their services are not needed and not started by the benchmarks.
BENCH_PACKAGES := $(TEST_PACKAGES) prometheus-alertmanager nginx-light nghttp2-client curl

# Python packages that the tests compare with, from PyPI, beside the build: python3 finds them by PYTHONPATH.
PYTHON_PACKAGES := lunar-vn==1.4.0 icalendar==7.3.0 standardwebhooks==1.1.0 jsonschema==4.26.0 hypercorn==0.18.0
PYTHON_FOLDER := .build/python

PREFIX ?= /usr
SWIFT ?= swift

define install_packages
missing=(); for package in $(1); do
  dpkg-query -W -f='$${Status}' "$$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$$package")
done
if [ "$${#missing[@]}" -gt 0 ]; then
  echo "installing: $${missing[*]}"
  root=(); [ "$$(id -u)" = 0 ] || root=(sudo -n)
  "$${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq </dev/null
  # Only smtp-sink of postfix is wanted: unconfigured, it starts no mail server of its own.
  case " $${missing[*]} " in
    *" postfix "*) echo 'postfix postfix/main_mailer_type select No configuration' | "$${root[@]}" debconf-set-selections ;;
  esac
  "$${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$${missing[@]}" </dev/null >/dev/null
fi
endef

.PHONY: help
help:
	@echo "make demo     build, rehearse a year of the first plan through real SMTP on this machine"
	echo "make test     every test, the end-to-end ones with real servers included"
	echo "make release  the static binary in .build/release/nhachan"
	echo "make install  binary, unit and example configuration (as root)"
	echo "make lint     swift format, and the rules of this tree"
	echo "make bench    figures beside public tools in the same run"

.PHONY: packages
packages:
	@$(call install_packages,$(BUILD_PACKAGES))

.PHONY: build
build: packages
	@$(SWIFT) build

.PHONY: demo
demo:
	@$(call install_packages,$(DEMO_PACKAGES))
	$(SWIFT) build --product nhachan
	Tests/Demo/run "$$($(SWIFT) build --show-bin-path)/nhachan"

# The stamp carries the list, so that a changed one is installed anew.
define install_python_packages
stamp="$(PYTHON_FOLDER)/.installed"
if [ "$$(cat "$$stamp" 2>/dev/null)" != "$(PYTHON_PACKAGES)" ]; then
  echo "installing from PyPI: $(PYTHON_PACKAGES)"
  rm -rf "$(PYTHON_FOLDER)"
  /usr/bin/python3 -m pip install -q --disable-pip-version-check --root-user-action=ignore \
    --target "$(PYTHON_FOLDER)" $(PYTHON_PACKAGES)
  echo "$(PYTHON_PACKAGES)" >"$$stamp"
fi
endef

.PHONY: python
python:
	@$(call install_packages,$(TEST_PACKAGES))
	$(call install_python_packages)

.PHONY: test
test:
	@$(call install_packages,$(TEST_PACKAGES))
	$(call install_python_packages)
	log=$$(mktemp); trap 'rm -f "$$log"' EXIT
	$(SWIFT) build --build-tests
	# The wire's tests measure time limits, so they run by themselves, not beside ones that use every core. Foundation
	# crashes when it starts a process while some 1,360 files are open, so the stores' tests do not run beside commands.
	for part in "--filter ^(LedgerTests|DaemonTests)" "--skip ^(LedgerTests|DaemonTests|EndToEndTests|DeliveryTests)" \
	  "--filter ^EndToEndTests" "--filter ^DeliveryTests"; do
	  $(SWIFT) test --skip-build --disable-xctest $$part | tee "$$log"
	  if grep -q 'Test run with 0 tests' "$$log"; then echo "no test ran: $$part" >&2; exit 1; fi
	done

.PHONY: lint
lint:
	@$(SWIFT) format lint --strict -r -p Sources Tests Benchmarks Package.swift
	.ci/rules

.PHONY: release
release: packages
	@$(SWIFT) build -c release --product nhachan --static-swift-stdlib -Xlinker -s
	ls -l "$$($(SWIFT) build -c release --show-bin-path)/nhachan"

.PHONY: install
install: release
	@install -D -m 0755 "$$($(SWIFT) build -c release --show-bin-path)/nhachan" "$(DESTDIR)$(PREFIX)/bin/nhachan"
	install -D -m 0644 systemd/nhachan.service "$(DESTDIR)/lib/systemd/system/nhachan.service"
	install -d -m 0755 "$(DESTDIR)/etc/nhachan"
	[ -e "$(DESTDIR)/etc/nhachan/nhachan.yaml" ] || cp -R Config/nhachan.yaml Config/directory.yaml Config/policy.yaml Config/plans Config/calendar "$(DESTDIR)/etc/nhachan/"
	echo "next: edit $(DESTDIR)/etc/nhachan, then: nhachan check && systemctl enable --now nhachan && nhachan arm"

.PHONY: bench
bench:
	@$(call install_packages,$(BENCH_PACKAGES))
	$(SWIFT) build -c release
	Benchmarks/run "$$($(SWIFT) build -c release --show-bin-path)"

.PHONY: clean
clean:
	@rm -rf .build demo-output
