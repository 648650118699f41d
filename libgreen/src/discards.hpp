// SPDX-License-Identifier: MIT
//
// Discards: objects that a loop no longer needs, to be deleted in user code.
//
// A destructor may block: close(2) of a socket with SO_LINGER waits for its peer. In the runtime the worker would wait
// with it; in user code the worker is taken and continues. Only the worker's holder touches it.
#pragma once

#include <utility>

namespace green {

struct Carrier;

struct Discarded {
    Discarded() noexcept = default;
    Discarded(const Discarded&) = delete;
    Discarded& operator=(const Discarded&) = delete;
    virtual ~Discarded() = default;

    Discarded* next_discarded = nullptr;
};

class Discards {
public:
    Discards() noexcept = default;
    Discards(const Discards&) = delete;
    Discards& operator=(const Discards&) = delete;
    ~Discards() { delete_all(std::exchange(first_, nullptr)); }

    void push(Discarded& discarded) noexcept { discarded.next_discarded = std::exchange(first_, &discarded); }
    [[nodiscard]] bool is_empty() const noexcept { return first_ == nullptr; }

    /// Deletes all, in user code: afterwards `carrier`, the holder, may have lost the worker, and this object with it.
    void empty_outside(Carrier& carrier) noexcept;

private:
    static void delete_all(Discarded* first) noexcept {
        while (first != nullptr) {
            delete std::exchange(first, first->next_discarded);
        }
    }

    Discarded* first_ = nullptr;
};

}  // namespace green
