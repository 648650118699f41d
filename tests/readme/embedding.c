// SPDX-License-Identifier: MIT
//
// Example of libstd/docs/embedding.md: the library in a C program.
// [readme]
#include <inttypes.h>
#include <stdio.h>

int64_t tree_size(const char* directory);

int main(int argc, char** argv) {
    const int64_t size = tree_size(argc > 1 ? argv[1] : ".");
    printf("%" PRId64 "\n", size);
    return size < 0;
}
// [/readme]
