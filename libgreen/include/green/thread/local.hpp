// SPDX-License-Identifier: MIT
//
// Local, InheritedLocal: a value for each task.
//
//     static thread::Local<std::string> request_id;
//     request_id.get() = "…";  // of the calling task, wherever it runs
//
// A task's value is made when the task first asks for it, and is destroyed when the task ends. A task's values are
// destroyed in the reverse order of their making, while the task still runs: a destructor may use other values, and
// values that it makes anew are destroyed too. So are values that are made later, still as that task: by `on_uncaught`,
// or by the destructor of a result that nobody takes. If destructors make each other's values anew without end, the
// process ends with a message.
//
// A task begins with copies of its spawner's inherited values. A Local itself is a static object: it has to outlive all
// tasks that use it. Outside a task its calls end the process with a message.
#pragma once

#include <green/task.hpp>

#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

namespace green {

/// One value of one task, an entry in the list of that task's values. For the implementation of Local.
class LocalValue {
public:
    struct Operations {
        void (*destroy)(LocalValue& self) noexcept;
        LocalValue* (*copy)(const LocalValue& self);  ///< null if the value is not inherited; may throw
    };

    LocalValue(const void* key, const Operations& operations) noexcept : key_(key), operations_(operations) {}
    LocalValue(const LocalValue&) = delete;
    LocalValue& operator=(const LocalValue&) = delete;

    /// The calling task's value of `key`, or null. Outside a task it ends the process with a message that names `call`.
    [[nodiscard]] static GREEN_API LocalValue* find(const void* key, const char* call) noexcept;

    /// Adds `value` to the calling task's values.
    static GREEN_API void add(LocalValue& value) noexcept;

    /// Destroys the calling task's value of `key`, if it has one. Outside a task as `find`.
    static GREEN_API void remove(const void* key, const char* call) noexcept;

    /// Gives `child`, which was not started, copies of the calling task's inherited values. Outside a task it does
    /// nothing. Throws what copying throws; `child` then has some of the copies.
    static GREEN_API void inherit(Task& child);

    /// Destroys all values of `task`, the last one first, until there is none. The task itself calls it, or nobody else
    /// runs the task yet.
    static GREEN_API void end_all(Task& task) noexcept;

    [[nodiscard]] const void* key() const noexcept { return key_; }

protected:
    ~LocalValue() = default;

private:
    const void* key_;
    const Operations& operations_;
    LocalValue* next_ = nullptr;  // the value that was made before this one
    // Zero, or one more than the generation of the value whose destructor made this one at the task's end.
    std::uint8_t generation_ = 0;
};

}  // namespace green

namespace green::thread {

/// A `T` for each task.
template <class T, bool Inherits = false>
class Local {
    static_assert(!Inherits || std::is_copy_constructible_v<T>, "InheritedLocal<T> copies values: T must be copyable");

public:
    using Make = T (*)();

    /// A task's value begins as what `make` returns; by default that is `T()`.
    constexpr explicit Local(Make make = [] { return T(); }) noexcept : make_(make) {}
    Local(const Local&) = delete;
    Local& operator=(const Local&) = delete;

    /// The calling task's value, which is made if there is none. Throws what making it throws, and std::bad_alloc.
    [[nodiscard]] T& get() const {
        if (auto* value = find()) {
            return value->value;
        }
        auto made = std::make_unique<Value>(this, make_());
        // `make_` may itself have asked for this value, and so have made it.
        if (auto* value = find()) {
            return value->value;
        }
        LocalValue::add(*made);
        return made.release()->value;
    }

    [[nodiscard]] bool has_value() const noexcept { return find() != nullptr; }

    /// Destroys the calling task's value, if it has one.
    void reset() const noexcept { LocalValue::remove(this, "green::thread::Local"); }

private:
    struct Value final : LocalValue {
        Value(const void* key, T initial) : LocalValue(key, operations), value(std::move(initial)) {}

        T value;

        static void destroy(LocalValue& self) noexcept { delete &static_cast<Value&>(self); }

        static LocalValue* copy(const LocalValue& self) {
            if constexpr (Inherits) {
                return new Value(self.key(), static_cast<const Value&>(self).value);
            }
            return nullptr;
        }

        static constexpr Operations operations{.destroy = &destroy, .copy = Inherits ? &copy : nullptr};
    };

    [[nodiscard]] Value* find() const noexcept {
        return static_cast<Value*>(LocalValue::find(this, "green::thread::Local"));
    }

    Make make_;
};

/// A `T` for each task, which begins as a copy of the spawner's value, if the spawner has one.
template <class T>
using InheritedLocal = Local<T, true>;

}  // namespace green::thread
