/* SPDX-License-Identifier: MIT */
/* touch: weld behind a C interface, as a C program would wrap it. */
#ifndef TOUCH_H
#define TOUCH_H

#ifdef __cplusplus
extern "C" {
#endif

/* Each uses one module, below `directory` where it needs files; zero, or the line that failed. */
int touch_fs(const char* directory);
int touch_walk(const char* directory);
int touch_thread(void);
int touch_time(void);
int touch_net(void);
int touch_print(void);
int touch_process(void);

/* Waits in a thread that weld did not start until touch_wake; the wait begins where `*waiting` is 1. */
int touch_foreign(int* waiting);
void touch_wake(void);

#ifdef __cplusplus
}
#endif

#endif
