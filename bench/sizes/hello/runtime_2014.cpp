// SPDX-License-Identifier: MIT
//
// runtime_2014: hello in a task of the runtime that was removed.

#include "runtime_2014/native/task.hpp"
#include "runtime_2014/stdio.hpp"

int main(int argc, char** argv) {
    return runtime_2014::native::start(argc, argv, [] { runtime_2014::stdio::println("hello, world"); });
}
