// SPDX-License-Identifier: MIT
//
// sweep: runs one operation in a process whose system calls a tracer makes fail.
//
//   sweep names             lists the operations
//   sweep DIRECTORY ready   prepares DIRECTORY for an operation
//   sweep DIRECTORY NAME    runs it: exit status 0, 3 when it returned an error, 1 when it leaked a descriptor
//   sweep DIRECTORY check NAME   exit status 1 when data was lost
#include "operations.hpp"

#include <fcntl.h>
#include <cstdio>
#include <span>
#include <string_view>

namespace {

/// Tests each number, since the tracer makes reads of /proc fail too.
int open_descriptors() {
    int count = 0;
    for (int number = 0; number < 64; ++number) {
        count += ::fcntl(number, F_GETFD) != -1 ? 1 : 0;
    }
    return count;
}

int run(const fault::Operation& operation) {
    const int before = open_descriptors();
    const auto done = operation.run();
    if (open_descriptors() != before) {
        std::fprintf(stderr, "%s: a descriptor is left open\n", operation.name.c_str());
        return 1;
    }
    return done ? 0 : 3;
}

int check(const fault::Operation& operation) {
    if (!operation.is_whole()) {
        std::fprintf(stderr, "%s: something is lost\n", operation.name.c_str());
        return 1;
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const std::span arguments(argv, static_cast<std::size_t>(argc));
    const std::string directory = argc > 2 ? arguments[1] : ".";
    const std::string_view verb = argc > 2 ? arguments[2] : "names";
    if (verb == "ready") {
        fault::prepare_operation(directory);
        return 0;
    }
    for (const fault::Operation& operation : fault::operations(directory)) {
        if (verb == "names") {
            std::puts(operation.name.c_str());
        } else if (verb == operation.name) {
            return run(operation);
        } else if (verb == "check" && argc > 3 && arguments[3] == operation.name) {
            return check(operation);
        }
    }
    return verb == "names" ? 0 : 2;
}
