// SPDX-License-Identifier: MIT
//
// thread: green threads, with the names of weld::thread.
#pragma once

#include <green/thread/current.hpp>
#include <green/thread/local.hpp>
#include <green/thread/no_switch.hpp>
#include <green/thread/pinned.hpp>
#include <green/thread/scope.hpp>
#include <green/thread/spawn.hpp>
