// SPDX-License-Identifier: MIT
//
// Attendants: the other parts of a runtime besides workers and carriers: the starter, the pool for offloaded calls, and
// the list of joins that the starter searches.
#pragma once

#include "joins.hpp"
#include "offload_pool.hpp"
#include "starter.hpp"

namespace green {

class Attendants {
public:
    /// The threads that run offloaded calls.
    [[nodiscard]] OffloadPool& offloads() noexcept { return offloads_; }

    /// Joins that might be in a circle.
    [[nodiscard]] Joins& joins() noexcept { return joins_; }

protected:
    Attendants() noexcept = default;
    ~Attendants() = default;

    Starter starter_{offloads_, joins_};
    OffloadPool offloads_{starter_};
    Joins joins_{starter_};
};

}  // namespace green
