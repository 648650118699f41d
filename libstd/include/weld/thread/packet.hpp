// SPDX-License-Identifier: MIT
//
// Packet: the one block of memory of a thread. It holds the record, the closure, the result and the name.
//
// `Record` is the type of a model's thread records: weld::thread::Record for threads of the operating system. It has a
// constructor from its `Operations`, `await_value`, `has_value`, `set_has_value` and `set_name`. It may have a store of
// blocks: `take_block`, `store` and `set_store`. For the implementation of spawn; programs do not need it.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace weld::thread {

/// Blocks that are always reserved. A packet knows the store of its block: in a process with two copies of weld, the
/// code that gives a block back may belong to another copy than the code that took it.
struct Store {
    static constexpr std::size_t block_size = 256;

    std::atomic<std::uint32_t> taken{0};  // a bit for each block. All zero, so it takes no room in a program's file.
    alignas(64) std::array<std::array<std::byte, block_size>, 32> blocks{};

    void give_back(void* block) noexcept {
        const auto number = (static_cast<std::byte*>(block) - blocks.front().data()) / std::ptrdiff_t{block_size};
        taken.fetch_and(~(std::uint32_t{1} << number), std::memory_order_release);
    }
};

/// Memory, null if there was none; and its store, null if the memory is from the heap. `alignment` is that of the
/// allocation, where it is above the usual one; zero otherwise.
struct Block {
    void* memory;
    Store* store;
    std::align_val_t alignment{};

    void free() const noexcept {
        if (store != nullptr) {
            store->give_back(memory);
        } else if (alignment != std::align_val_t{}) {
            ::operator delete(memory, alignment);
        } else {
            ::operator delete(memory);
        }
    }
};

/// Frees `block` unless it was released. No std::unique_ptr: each closure would have a deleter of its own, and so some
/// twenty functions more to compile.
struct BlockGuard {
    Block block;

    ~BlockGuard() {
        if (block.memory != nullptr) {
            block.free();
        }
    }
    void release() noexcept { block.memory = nullptr; }
};

/// A place for the result of a closure; also for a reference and for void.
template <class T>
using Slot = std::conditional_t<std::is_void_v<T>, std::monostate,
                                std::conditional_t<std::is_reference_v<T>, std::remove_reference_t<T>*, T>>;

/// A Record with room for a `T`.
template <class Record, class T>
class Outcome : public Record {
public:
    /// Waits for the end of the thread, then returns its result or rethrows its exception. Once.
    [[nodiscard]] T await() {
        this->await_value();
        // The value is destroyed here and not with the block, since it may hold a reference to the block.
        const EndValue end{*this};
        if constexpr (std::is_reference_v<T>) {
            return static_cast<T>(*value_);
        } else if constexpr (!std::is_void_v<T>) {
            return std::move(value_);
        }
    }

protected:
    explicit Outcome(const typename Record::Operations& operations) noexcept : Record(operations) {}

    ~Outcome() { end_value(); }

    void end_value() noexcept {
        if (this->has_value()) {
            this->set_has_value(false);
            std::destroy_at(&value_);
        }
    }

    /// Calls `function` and keeps its result.
    template <class Function>
    void keep(Function&& function) {
        void* place = &value_;
        if constexpr (std::is_void_v<T>) {
            std::forward<Function>(function)();
            ::new (place) Slot<T>();
        } else if constexpr (std::is_reference_v<T>) {
            T&& result = std::forward<Function>(function)();
            ::new (place) Slot<T>(std::addressof(result));
        } else {
            ::new (place) Slot<T>(std::forward<Function>(function)());
        }
        this->set_has_value(true);
    }

private:
    struct EndValue {
        Outcome& outcome;
        ~EndValue() { outcome.end_value(); }
    };

    union {
        Slot<T> value_;
    };
};

/// A Record with its closure and, behind it, its name.
template <class Record, class Function>
class Packet final : public Outcome<Record, std::invoke_result_t<Function>> {
    using Base = Outcome<Record, std::invoke_result_t<Function>>;

public:
    /// Makes a Packet with a copy of `name` and a NUL behind it; null when out of memory. Throws what the closure's
    /// constructor throws.
    template <class F>
    [[nodiscard]] static Packet* make(F&& function, std::string_view name) {
        const Block block = allocate(sizeof(Packet) + (name.empty() ? 0 : name.size() + 1));
        if (block.memory == nullptr) [[unlikely]] {
            return nullptr;
        }
        BlockGuard guard{block};
        auto* packet = ::new (block.memory) Packet(std::forward<F>(function));
        guard.release();
        if constexpr (has_store) {
            packet->set_store(block.store);
        }
        if (!name.empty()) {
            auto* text = static_cast<char*>(block.memory) + sizeof(Packet);
            std::memcpy(text, name.data(), name.size());
            text[name.size()] = '\0';
            packet->set_name({text, name.size()});
        }
        return packet;
    }

private:
    // Allocation without a special alignment is cheaper.
    static constexpr bool over_aligned = alignof(Packet) > __STDCPP_DEFAULT_NEW_ALIGNMENT__;
    static constexpr std::align_val_t alignment{over_aligned ? alignof(Packet) : 0};
    static constexpr bool has_store = !over_aligned && requires { Record::take_block(std::size_t{}); };

    [[nodiscard]] static Block allocate(std::size_t size) noexcept {
        if constexpr (over_aligned) {
            return {::operator new(size, alignment, std::nothrow), nullptr, alignment};
        } else if constexpr (has_store) {
            return Record::take_block(size);
        } else {
            return {::operator new(size, std::nothrow), nullptr};
        }
    }

    /// Destroys the closure on the thread that ran it, whether it returned or threw.
    struct EndFunction {
        Packet& packet;
        ~EndFunction() { packet.end_function(); }
    };

    template <class F>
    explicit Packet(F&& function) : Base(operations), function_(std::forward<F>(function)) {}

    ~Packet() {
        if (holds_function_) {
            end_function();
        }
    }

    void end_function() noexcept {
        holds_function_ = false;
        std::destroy_at(&function_);
    }

    static void run(Record& self) {
        auto& packet = static_cast<Packet&>(self);
        const EndFunction end{packet};
        packet.keep(std::move(packet.function_));
    }

    static void destroy(Record& self) noexcept {
        auto* packet = static_cast<Packet*>(&self);
        Block block{packet, nullptr, alignment};
        if constexpr (has_store) {
            block.store = packet->store();
        }
        packet->~Packet();
        block.free();
    }

    static constexpr typename Record::Operations operations{
        .run = &Packet::run,
        .end_value = [](Record& self) noexcept { static_cast<Packet&>(self).end_value(); },
        .destroy = &Packet::destroy,
    };

    union {
        Function function_;
    };
    bool holds_function_ = true;
};

}  // namespace weld::thread
