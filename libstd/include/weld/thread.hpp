// SPDX-License-Identifier: MIT
//
// thread: threads of the operating system.
#pragma once

#include <weld/thread/current.hpp>
#include <weld/thread/scope.hpp>
#include <weld/thread/spawn.hpp>
