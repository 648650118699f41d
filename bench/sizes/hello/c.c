// SPDX-License-Identifier: MIT
//
// c: hello in C, the baseline.

#include <stdio.h>

int main(void) {
    static const char text[] = "hello, world\n";
    return fwrite(text, 1, sizeof text - 1, stdout) == sizeof text - 1 ? 0 : 1;
}
