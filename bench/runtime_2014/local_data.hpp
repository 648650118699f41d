// SPDX-License-Identifier: MIT
//
// local_data: a value for each task: found through the thread-local, the task, and a list searched from its start.
//
// A key is the address of a static object. A value has its own box with a virtual destructor, so that the list can
// destroy it. Access counts it as borrowed meanwhile, and a borrowed value cannot be replaced. A task's values are
// destroyed with it, whether or not it failed.

#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace runtime_2014::local_data {

class LocalData {
public:
    virtual ~LocalData() = default;
};

template <class T>
class Boxed final : public LocalData {
public:
    explicit Boxed(T initial) : value(std::move(initial)) {}
    T value;
};

struct Entry {
    const void* key;
    std::unique_ptr<LocalData> value;
    std::size_t loans;
};

using Map = std::vector<std::optional<Entry>>;

/// The current task's list, made by the first call; null on a thread without a task.
Map* current_map();

/// A value of the current task, borrowed for this object's lifetime. The list may have moved by its end, so the value
/// is searched again: thread-local, task, list, place.
template <class T>
class Ref {
public:
    Ref(T& value, std::size_t place) : value_(&value), place_(place) {}
    Ref(Ref&& other) noexcept : value_(std::exchange(other.value_, nullptr)), place_(other.place_) {}
    Ref& operator=(Ref&&) = delete;
    ~Ref() {
        if (value_ != nullptr) {
            --(*current_map())[place_]->loans;
        }
    }

    T& operator*() const { return *value_; }
    T* operator->() const { return value_; }

private:
    T* value_;
    std::size_t place_;
};

template <class T>
class Key {
public:
    constexpr Key() = default;
    Key(const Key&) = delete;
    Key& operator=(const Key&) = delete;

    /// The current task's value, or nothing.
    std::optional<Ref<T>> get() const {
        auto* const map = current_map();
        auto* const slot = map != nullptr ? find_slot(*map) : nullptr;
        if (slot == nullptr) {
            return std::nullopt;
        }
        ++(*slot)->loans;
        return std::optional<Ref<T>>(std::in_place, static_cast<Boxed<T>&>(*(*slot)->value).value,
                                     static_cast<std::size_t>(slot - map->data()));
    }

    /// Replaces the current task's value by `value`, and returns the old one.
    std::optional<T> replace(std::optional<T> value) const {
        auto* const map = current_map();
        if (map == nullptr) {
            std::abort();  // a failure on a thread without a task
        }
        std::optional<T> before;
        auto* slot = find_slot(*map);
        if (slot != nullptr) {
            if ((*slot)->loans != 0) {
                std::abort();  // failed the task
            }
            before = std::move(static_cast<Boxed<T>&>(*(*slot)->value).value);
            slot->reset();
        }
        if (value) {
            if (slot == nullptr) {
                slot = free_slot(*map);
            }
            slot->emplace(Entry{this, std::make_unique<Boxed<T>>(*std::move(value)), 0});
        }
        return before;
    }

private:
    std::optional<Entry>* find_slot(Map& map) const {
        for (auto& slot : map) {
            if (slot && slot->key == this) {
                return &slot;
            }
        }
        return nullptr;
    }

    static std::optional<Entry>* free_slot(Map& map) {
        for (auto& slot : map) {
            if (!slot) {
                return &slot;
            }
        }
        return &map.emplace_back();
    }
};

}  // namespace runtime_2014::local_data
