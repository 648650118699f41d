// SPDX-License-Identifier: MIT
//
// All of weld::sync: locks, condition variables, barriers, latches, semaphores and channels. Each has its own header.
#pragma once

#include <weld/sync/barrier.hpp>
#include <weld/sync/condvar.hpp>
#include <weld/sync/latch.hpp>
#include <weld/sync/lazy_lock.hpp>
#include <weld/sync/mpmc.hpp>
#include <weld/sync/mpsc.hpp>
#include <weld/sync/mutex.hpp>
#include <weld/sync/once.hpp>
#include <weld/sync/once_lock.hpp>
#include <weld/sync/oneshot.hpp>
#include <weld/sync/poison.hpp>
#include <weld/sync/reentrant_lock.hpp>
#include <weld/sync/rw_lock.hpp>
#include <weld/sync/semaphore.hpp>
#include <weld/sync/stop.hpp>
