// SPDX-License-Identifier: MIT
//
// copies: a program and a library, each with its own weld, start threads with the same closure type; memory that one
// weld has allocated may be freed by the other.
#include "copies.hpp"

#include <cstdio>

extern "C" int run_there(int number);

int main() {
    for (int number = 0; number < 100; ++number) {
        if (run_job(number) != number || run_there(number) != number) {
            (void)std::fputs("copies: a thread ran another job\n", stderr);
            return 1;
        }
    }
    return 0;
}
