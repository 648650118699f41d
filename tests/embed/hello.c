/* SPDX-License-Identifier: MIT */
/* The program that hello.cpp is compared with. */
#include <stdio.h>

int main(void) {
    static const char text[] = "hello, world\n";
    return fwrite(text, 1, sizeof text - 1, stdout) == sizeof text - 1 ? 0 : 1;
}
