/* SPDX-License-Identifier: MIT */
/* embedded: weld behind a C interface, as any language would call it.
 *
 * There is nothing to call before and nothing after, any thread may call, and no exception comes out. */
#ifndef EMBEDDED_H
#define EMBEDDED_H

#ifdef __cplusplus
#define EMBEDDED_NOEXCEPT noexcept
extern "C" {
#else
#define EMBEDDED_NOEXCEPT
#endif
#define EMBEDDED_API __attribute__((visibility("default")))

/* What of weld can be used: names by number, NULL behind the last one. "park" is the last, and the only one that
 * leaves the calling thread a record, which is given up when the thread ends. */
EMBEDDED_API const char* embedded_module(unsigned number) EMBEDDED_NOEXCEPT;

/* Uses the module of that number, below `directory` where it needs files. Zero, or the line that failed; -1 for an
 * exception that should have been caught. */
EMBEDDED_API int embedded_use(unsigned number, const char* directory) EMBEDDED_NOEXCEPT;

/* Waits in the calling thread until embedded_wake; the wait begins where `*waiting` is 1. */
EMBEDDED_API int embedded_wait(int* waiting) EMBEDDED_NOEXCEPT;
EMBEDDED_API void embedded_wake(void) EMBEDDED_NOEXCEPT;

/* What a C library calls back, from any of its threads: counts a thousand into `count`, an int, which other threads do
 * at the same time, prints, throws, catches, and starts a thread that counts as many. Zero, or the line that failed. */
EMBEDDED_API int embedded_on_event(void* count) EMBEDDED_NOEXCEPT;

/* The standard streams. What cannot be done is an error number of the system's, or -1 for what is none of those. */
enum embedded_stream { EMBEDDED_PRINT, EMBEDDED_STDOUT, EMBEDDED_RAW, EMBEDDED_EPRINT, EMBEDDED_STDERR };
EMBEDDED_API int embedded_say(enum embedded_stream stream, const char* text) EMBEDDED_NOEXCEPT;
EMBEDDED_API int embedded_read_stdin(int* count) EMBEDDED_NOEXCEPT;
EMBEDDED_API int embedded_fill_standard_handles(void) EMBEDDED_NOEXCEPT;

/* Makes the file `path`; its descriptor, or -1. */
EMBEDDED_API int embedded_create(const char* path) EMBEDDED_NOEXCEPT;

/* Each way to write of weld's, by number, NULL behind the last one: "socket …" and "pipe …" write to a descriptor that
 * they are given and close, "stdout …" and "stderr …" to a standard stream. */
EMBEDDED_API const char* embedded_writer(unsigned number) EMBEDDED_NOEXCEPT;

/* Writes in that way until it fails. Zero when it failed since nobody reads, as it has to. */
EMBEDDED_API int embedded_write(unsigned number, int descriptor) EMBEDDED_NOEXCEPT;

#ifdef __cplusplus
}
#endif

#endif
