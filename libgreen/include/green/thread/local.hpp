// SPDX-License-Identifier: MIT
//
// Local, InheritedLocal: a value for each task.
//
//     static thread::Local<std::string> request_id;
//     request_id.get() = "…";  // of the calling task, wherever it runs
//
// A task's value is made when the task first asks for it, and ends when the task does, in the reverse of the order in
// which its values were made, still in the task: a destructor may use other values, and values that it makes anew end
// too. So do those that are made later in the task's name: by `on_uncaught`, by the destructor of a result that nobody
// takes. Destructors that make each other's values anew without end end the process, with a message.
//
// A task begins with copies of the inherited values that its spawner has. A Local itself is a static object, and lives
// longer than any task that uses it. Outside a task the calls end the process with a message.
#pragma once

#include <green/task.hpp>

#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

namespace green {

/// A value of one task, in a list of those. For the implementation of Local.
class LocalValue {
public:
    struct Operations {
        void (*destroy)(LocalValue& self) noexcept;
        LocalValue* (*copy)(const LocalValue& self);  ///< null where it is not inherited; may throw
    };

    LocalValue(const void* key, const Operations& operations) noexcept : key_(key), operations_(operations) {}
    LocalValue(const LocalValue&) = delete;
    LocalValue& operator=(const LocalValue&) = delete;

    /// The calling task's value of `key`, or null. `call` is named where there is no task.
    [[nodiscard]] static GREEN_API LocalValue* find(const void* key, const char* call) noexcept;

    /// Makes `value` the calling task's.
    static GREEN_API void add(LocalValue& value) noexcept;

    /// Ends the calling task's value of `key`, if it has one.
    static GREEN_API void remove(const void* key, const char* call) noexcept;

    /// Gives `child`, which was not started, copies of what the calling task has to inherit, if there is such a task.
    /// Throws what copying throws; `child` then has some.
    static GREEN_API void inherit(Task& child);

    /// Ends all values of `task`, the last one first, until there is none. By the task itself, or before it starts.
    static GREEN_API void end_all(Task& task) noexcept;

    [[nodiscard]] const void* key() const noexcept { return key_; }

protected:
    ~LocalValue() = default;

private:
    const void* key_;
    const Operations& operations_;
    LocalValue* next_ = nullptr;  // made before this one
    // Zero, or one more than that of the value whose destructor made this one at the task's end.
    std::uint8_t generation_ = 0;
};

}  // namespace green

namespace green::thread {

/// A `T` for each task.
template <class T, bool Inherits = false>
class Local {
    static_assert(!Inherits || std::is_copy_constructible_v<T>, "what is inherited is copied");

public:
    using Make = T (*)();

    /// A task's value is at first what `make` gives, or `T()`.
    constexpr explicit Local(Make make = [] { return T(); }) noexcept : make_(make) {}
    Local(const Local&) = delete;
    Local& operator=(const Local&) = delete;

    /// The calling task's value, made if it had none. Throws what making it throws, and std::bad_alloc.
    [[nodiscard]] T& get() const {
        if (auto* value = find()) {
            return value->value;
        }
        auto made = std::make_unique<Value>(this, make_());
        // While it was made the value of the same key may have been.
        if (auto* value = find()) {
            return value->value;
        }
        LocalValue::add(*made);
        return made.release()->value;
    }

    [[nodiscard]] bool has_value() const noexcept { return find() != nullptr; }

    /// Ends the calling task's value, if it has one.
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

/// A `T` for each task, which begins as a copy of its spawner's.
template <class T>
using InheritedLocal = Local<T, true>;

}  // namespace green::thread
