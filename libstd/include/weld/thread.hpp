// SPDX-License-Identifier: MIT
//
// thread: threads of the operating system.
#pragma once

#include <weld/thread/current.hpp>
#include <weld/thread/local.hpp>
#include <weld/thread/scheduling.hpp>
#include <weld/thread/scope.hpp>
#include <weld/thread/spawn.hpp>
#include <weld/thread/stop.hpp>
