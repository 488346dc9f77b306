// The parts of Linux that Swift's Glibc module leaves out.
#pragma once
#include <errno.h>
#include <poll.h>
#include <stdint.h>
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
