// SPDX-License-Identifier: MIT
//
// EntryIterator: range-for over a source that lends one item at a time. Entries: a Result whose value is iterated over.
#pragma once

#include <weld/error.hpp>

#include <cstddef>
#include <expected>
#include <iterator>
#include <type_traits>
#include <utility>

namespace weld {

/// A `T` to iterate over, or the error why there is none. Unlike a std::expected, a temporary one moves its value out:
/// in `for (auto& entry : *read_dir(path))` the loop owns the value, where a reference into the result would dangle.
template <class T>
class Entries : public std::expected<T, Error> {
    using Base = std::expected<T, Error>;

public:
    using Base::Base;
    Entries(Base result) noexcept(std::is_nothrow_move_constructible_v<T>) : Base(std::move(result)) {}

    [[nodiscard]] T& operator*() & noexcept { return Base::operator*(); }
    [[nodiscard]] const T& operator*() const& noexcept { return Base::operator*(); }
    [[nodiscard]] T operator*() && noexcept(std::is_nothrow_move_constructible_v<T>) {
        return std::move(Base::operator*());
    }

    [[nodiscard]] T& value() & { return Base::value(); }
    [[nodiscard]] const T& value() const& { return Base::value(); }
    [[nodiscard]] T value() && { return std::move(Base::value()); }
};

/// An input iterator over any source with `const Entry* next()`, which returns null at the end.
template <class Source>
class EntryIterator {
public:
    using value_type = std::remove_cvref_t<decltype(*std::declval<Source&>().next())>;
    using difference_type = std::ptrdiff_t;

    explicit EntryIterator(Source& source) : source_(&source), entry_(source.next()) {}

    [[nodiscard]] const value_type& operator*() const noexcept { return *entry_; }
    [[nodiscard]] const value_type* operator->() const noexcept { return entry_; }

    EntryIterator& operator++() {
        entry_ = source_->next();
        return *this;
    }
    void operator++(int) { ++*this; }

    friend bool operator==(const EntryIterator& iterator, std::default_sentinel_t) noexcept {
        return iterator.entry_ == nullptr;
    }

private:
    Source* source_;
    const value_type* entry_;
};

}  // namespace weld
