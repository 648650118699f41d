// SPDX-License-Identifier: MIT
//
// weld: the locks race with weld::sync.

#include <weld/sync/condvar.hpp>
#include <weld/sync/mutex.hpp>
#include <weld/sync/rw_lock.hpp>

#include "locks/locks.hpp"

int main(int argc, char** argv) {
    return bench::race_locks<weld::sync::Mutex<>, weld::sync::RwLock<>, weld::sync::Condvar>(argc, argv);
}
