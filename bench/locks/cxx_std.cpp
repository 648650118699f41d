// SPDX-License-Identifier: MIT
//
// cxx_std: the locks race with std::mutex, std::shared_mutex and std::condition_variable.

#include <condition_variable>

#include "locks/locks.hpp"

int main(int argc, char** argv) {
    return bench::race_locks<std::mutex, std::shared_mutex, std::condition_variable>(argc, argv);
}
