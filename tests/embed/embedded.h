/* SPDX-License-Identifier: MIT */
/* embedded: weld behind a C interface, for any language.
 *
 * Nothing must be called before the first use or after the last, any thread may call, and no exception leaves. */
#ifndef EMBEDDED_H
#define EMBEDDED_H

#ifdef __cplusplus
#define EMBEDDED_NOEXCEPT noexcept
extern "C" {
#else
#define EMBEDDED_NOEXCEPT
#endif
#define EMBEDDED_API __attribute__((visibility("default")))

/* The modules of weld: their names by number, NULL after the last one. "park" is the last, and the only one that gives
 * the calling thread a record, which is released when the thread ends. */
EMBEDDED_API const char* embedded_module(unsigned number) EMBEDDED_NOEXCEPT;

/* Uses the module of that number, below `directory` where it needs files. Zero, or the line that failed; -1 for an
 * exception that should have been caught. */
EMBEDDED_API int embedded_use(unsigned number, const char* directory) EMBEDDED_NOEXCEPT;

/* Waits in the calling thread until embedded_wake; the wait begins where `*waiting` is 1. */
EMBEDDED_API int embedded_wait(int* waiting) EMBEDDED_NOEXCEPT;
EMBEDDED_API void embedded_wake(void) EMBEDDED_NOEXCEPT;

/* A callback for a C library, on any of its threads: adds a thousand to `count`, an int, concurrently with other
 * threads; prints, throws, catches, and starts a thread that adds as many. Zero, or the line that failed. */
EMBEDDED_API int embedded_on_event(void* count) EMBEDDED_NOEXCEPT;

/* The standard streams. A failure is an errno of the system, or -1 for any other failure. */
enum embedded_stream { EMBEDDED_PRINT, EMBEDDED_STDOUT, EMBEDDED_RAW, EMBEDDED_EPRINT, EMBEDDED_STDERR };
EMBEDDED_API int embedded_say(enum embedded_stream stream, const char* text) EMBEDDED_NOEXCEPT;
EMBEDDED_API int embedded_read_stdin(int* count) EMBEDDED_NOEXCEPT;
EMBEDDED_API int embedded_fill_standard_handles(void) EMBEDDED_NOEXCEPT;

/* Creates the file `path`; returns its file descriptor, or -1. */
EMBEDDED_API int embedded_create(const char* path) EMBEDDED_NOEXCEPT;

/* The names of weld's ways to write, by number, NULL after the last one: "socket …" and "pipe …" write to the
 * descriptor that they are given and close it, "stdout …" and "stderr …" to a standard stream. */
EMBEDDED_API const char* embedded_writer(unsigned number) EMBEDDED_NOEXCEPT;

/* Writes in that way until it fails. Zero when it failed because the peer is closed, as it must. */
EMBEDDED_API int embedded_write(unsigned number, int descriptor) EMBEDDED_NOEXCEPT;

#ifdef __cplusplus
}
#endif

#endif
