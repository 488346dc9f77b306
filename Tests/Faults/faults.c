// Stands between one program and its disk (LD_PRELOAD): writes down what the program does to the files of one folder,
// so that the folder can be made as a power cut would have left it, and lets calls fail as a full or broken disk does.
//
//   FAULTS_FOLDER   the folder, absolute, without a slash at the end; files elsewhere are left alone
//   FAULTS_JOURNAL  what was done is appended here; none when empty
//   FAULTS_CONTROL  a file of 8 numbers (int64, this machine's byte order), read at every call, so that a test turns
//                   faults on and off while the program runs; see `struct control`
//
// The journal's records: one letter, two numbers, the lengths of a text and of a payload (int64 each), then both.
//   O inode -  path          a file was opened (and made, if it was not there)
//   W inode offset  bytes    written, in the order of the calls
//   T inode length           cut or stretched
//   B inode ticket           a sync began: it covers everything before this line
//   S inode ticket           ... of a file, and has ended well
//   D inode ticket           ... of the folder, and has ended well
//   R - -  from NUL to       renamed       L ... linked       U - -  path  unlinked
// SQLite's -shm is shared memory and not written out: whoever makes the folder anew leaves it away.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

struct control {
  int64_t write_error;  // errno of every write, truncation and new file; 0 when they work
  int64_t sync_error;   // errno of every fsync and fdatasync
  int64_t read_error;   // errno of every read
  int64_t skip;         // so many of the calls that would fail still work
  int64_t kill_at;      // the process ends before its n-th write, truncation or sync; 0 never
  int64_t steps;        // those are counted here
  int64_t syncs_of_log;  // syncs of files whose name ends in -wal, counted here
  int64_t clock_offset;  // seconds added to the wall clock
};

static struct control *control, none;
static char folder[PATH_MAX];
static size_t folder_length;
static int journal = -1;
static int64_t tickets;
static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;

#define MOST 4096
// Of each descriptor: the inode it writes to, 0 when it is none of ours; whether it is the log, or the folder.
static ino_t inode_of[MOST];
static char is_log[MOST], is_folder[MOST], is_shared[MOST];

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void start(void) {
  const char *path = getenv("FAULTS_FOLDER");
  if (path != NULL) strncpy(folder, path, sizeof folder - 1);
  folder_length = strlen(folder);
  control = &none;
  const char *knobs = getenv("FAULTS_CONTROL");
  if (knobs != NULL) {
    int file = NEXT(open)(knobs, O_RDWR | O_CLOEXEC);
    void *memory = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory != MAP_FAILED) control = memory;
  }
  const char *book = getenv("FAULTS_JOURNAL");
  if (book != NULL && *book) journal = NEXT(open)(book, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

static int is_ours(const char *path) {
  return folder_length > 0 && strncmp(path, folder, folder_length) == 0
    && (path[folder_length] == '/' || path[folder_length] == 0);
}

static int ends_with(const char *path, const char *end) {
  size_t length = strlen(path), tail = strlen(end);
  return length >= tail && strcmp(path + length - tail, end) == 0;
}

// One record in one call, so that a killed program leaves whole ones but perhaps for the last.
static void note(char kind, int64_t a, int64_t b, const void *text, int64_t length, const void *bytes, int64_t count) {
  if (journal < 0) return;
  int64_t numbers[4] = {a, b, length, count};
  struct iovec parts[4] = {
    {&kind, 1}, {numbers, sizeof numbers}, {(void *)text, (size_t)length}, {(void *)bytes, (size_t)count}};
  NEXT(writev)(journal, parts, 4);
}

static void note_names(char kind, const char *from, const char *to) {
  char both[2 * PATH_MAX];
  size_t first = strlen(from), second = to == NULL ? 0 : strlen(to);
  memcpy(both, from, first);
  both[first] = 0;
  if (to != NULL) memcpy(both + first + 1, to, second);
  note(kind, 0, 0, both, (int64_t)(to == NULL ? first : first + 1 + second), NULL, 0);
}

// The error that this call must end with, 0 when it may go on.
static int fault(int64_t error) {
  if (error == 0) return 0;
  if (__atomic_fetch_sub(&control->skip, 1, __ATOMIC_SEQ_CST) > 0) return 0;
  __atomic_store_n(&control->skip, 0, __ATOMIC_SEQ_CST);
  return (int)error;
}

// One more step; the last one is not made, as if the program were killed there.
static void step(void) {
  int64_t count = __atomic_add_fetch(&control->steps, 1, __ATOMIC_SEQ_CST);
  if (control->kill_at > 0 && count >= control->kill_at) _exit(137);
}

static int is_file_of_ours(int file) { return file >= 0 && file < MOST && inode_of[file] != 0 && !is_folder[file]; }

// MARK: Opening

static int opened(int file, const char *path, int flags) {
  if (file < 0 || file >= MOST || !is_ours(path)) return file;
  struct stat status;
  if (fstat(file, &status) != 0) return file;
  is_folder[file] = S_ISDIR(status.st_mode);
  is_log[file] = (char)ends_with(path, "-wal");
  is_shared[file] = (char)ends_with(path, "-shm");
  inode_of[file] = status.st_ino;
  if (!is_folder[file] && !is_shared[file] && (flags & (O_WRONLY | O_RDWR | O_CREAT)))
    note('O', (int64_t)status.st_ino, 0, path, (int64_t)strlen(path), NULL, 0);
  if (flags & O_TRUNC) note('T', (int64_t)status.st_ino, 0, NULL, 0, NULL, 0);
  return file;
}

static int cannot_make(const char *path, int flags) {
  if (!(flags & O_CREAT) || !is_ours(path) || access(path, F_OK) == 0) return 0;
  int error = fault(control->write_error);
  if (error == 0) return 0;
  errno = error;
  return 1;
}

#define OPEN(name)                                              \
  int name(const char *path, int flags, ...) {                  \
    va_list rest;                                               \
    va_start(rest, flags);                                      \
    int mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(rest, int) : 0; \
    va_end(rest);                                               \
    if (cannot_make(path, flags)) return -1;                    \
    return opened(NEXT(name)(path, flags, mode), path, flags);  \
  }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                    \
  int name(int place, const char *path, int flags, ...) {               \
    va_list rest;                                                       \
    va_start(rest, flags);                                              \
    int mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(rest, int) : 0; \
    va_end(rest);                                                       \
    if (cannot_make(path, flags)) return -1;                            \
    return opened(NEXT(name)(place, path, flags, mode), path, flags);   \
  }
OPENAT(openat)
OPENAT(openat64)

int close(int file) {
  if (file >= 0 && file < MOST) inode_of[file] = 0;
  return NEXT(close)(file);
}

// MARK: Writing

// A full disk takes what goes over bytes that are there already.
static int needs_room(int file, off64_t end) {
  struct stat status;
  return fstat(file, &status) != 0 || end > status.st_size;
}

static ssize_t refuse_write(int file, off64_t end) {
  if (!is_file_of_ours(file) || is_shared[file]) return 0;
  step();
  if (control->write_error == ENOSPC && !needs_room(file, end)) return 0;
  int error = fault(control->write_error);
  if (error == 0) return 0;
  errno = error;
  return -1;
}

// Noted and done under one lock: what a sync's first line follows has reached the kernel.
#define WRITE(name, offset_type)                                                                 \
  ssize_t name(int file, const void *bytes, size_t count, offset_type offset) {                  \
    if (refuse_write(file, offset + (off64_t)count) < 0) return -1;                              \
    if (!is_file_of_ours(file) || is_shared[file]) return NEXT(name)(file, bytes, count, offset); \
    pthread_mutex_lock(&order);                                                                  \
    note('W', (int64_t)inode_of[file], offset, NULL, 0, bytes, (int64_t)count);                  \
    ssize_t done = NEXT(name)(file, bytes, count, offset);                                       \
    pthread_mutex_unlock(&order);                                                                \
    return done;                                                                                 \
  }
WRITE(pwrite, off_t)
WRITE(pwrite64, off64_t)

ssize_t write(int file, const void *bytes, size_t count) {
  if (!is_file_of_ours(file) || is_shared[file]) return NEXT(write)(file, bytes, count);
  if (refuse_write(file, lseek(file, 0, SEEK_CUR) + (off64_t)count) < 0) return -1;
  pthread_mutex_lock(&order);
  off_t offset = fcntl(file, F_GETFL) & O_APPEND ? lseek(file, 0, SEEK_END) : lseek(file, 0, SEEK_CUR);
  note('W', (int64_t)inode_of[file], offset, NULL, 0, bytes, (int64_t)count);
  ssize_t done = NEXT(write)(file, bytes, count);
  pthread_mutex_unlock(&order);
  return done;
}

#define TRUNCATE(name, offset_type)                                                   \
  int name(int file, offset_type length) {                                            \
    if (refuse_write(file, length) < 0) return -1;                                    \
    if (!is_file_of_ours(file) || is_shared[file]) return NEXT(name)(file, length);   \
    pthread_mutex_lock(&order);                                                       \
    note('T', (int64_t)inode_of[file], length, NULL, 0, NULL, 0);                     \
    int done = NEXT(name)(file, length);                                              \
    pthread_mutex_unlock(&order);                                                     \
    return done;                                                                      \
  }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

// MARK: Syncing

static int synced(int file, int (*sync)(int)) {
  if (file < 0 || file >= MOST || inode_of[file] == 0) return sync(file);
  step();
  int error = fault(control->sync_error);
  if (error != 0) {
    errno = error;
    return -1;
  }
  pthread_mutex_lock(&order);
  int64_t ticket = ++tickets;
  note('B', (int64_t)inode_of[file], ticket, NULL, 0, NULL, 0);
  pthread_mutex_unlock(&order);
  int done = sync(file);
  if (done != 0) return done;
  if (is_log[file]) __atomic_add_fetch(&control->syncs_of_log, 1, __ATOMIC_SEQ_CST);
  pthread_mutex_lock(&order);
  note(is_folder[file] ? 'D' : 'S', (int64_t)inode_of[file], ticket, NULL, 0, NULL, 0);
  pthread_mutex_unlock(&order);
  return 0;
}

int fsync(int file) { return synced(file, NEXT(fsync)); }
int fdatasync(int file) { return synced(file, NEXT(fdatasync)); }

// MARK: Names

#define NAMES(name, letter)                                                  \
  int name(const char *from, const char *to) {                               \
    if (!is_ours(from) && !is_ours(to)) return NEXT(name)(from, to);         \
    pthread_mutex_lock(&order);                                              \
    int done = NEXT(name)(from, to);                                         \
    int error = errno;                                                       \
    if (done == 0) note_names(letter, from, to);                             \
    pthread_mutex_unlock(&order);                                            \
    errno = error;                                                           \
    return done;                                                             \
  }
NAMES(rename, 'R')
NAMES(link, 'L')

int unlink(const char *path) {
  if (!is_ours(path)) return NEXT(unlink)(path);
  pthread_mutex_lock(&order);
  int done = NEXT(unlink)(path);
  int error = errno;
  if (done == 0) note_names('U', path, NULL);
  pthread_mutex_unlock(&order);
  errno = error;
  return done;
}

// MARK: Reading

#define READ(name, offset_type)                                                  \
  ssize_t name(int file, void *bytes, size_t count, offset_type offset) {        \
    if (is_file_of_ours(file)) {                                                 \
      int error = fault(control->read_error);                                    \
      if (error != 0) {                                                          \
        errno = error;                                                           \
        return -1;                                                               \
      }                                                                          \
    }                                                                            \
    return NEXT(name)(file, bytes, count, offset);                               \
  }
READ(pread, off_t)
READ(pread64, off64_t)

// MARK: The wall clock

int clock_gettime(clockid_t clock, struct timespec *time) {
  int done = NEXT(clock_gettime)(clock, time);
  if (clock == CLOCK_REALTIME) time->tv_sec += control->clock_offset;
  return done;
}

int timerfd_settime(int timer, int flags, const struct itimerspec *value, struct itimerspec *old) {
  struct itimerspec moved = *value;
  if (flags & TFD_TIMER_ABSTIME && moved.it_value.tv_sec != 0) moved.it_value.tv_sec -= control->clock_offset;
  return NEXT(timerfd_settime)(timer, flags, &moved, old);
}
