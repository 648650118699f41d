// SPDX-License-Identifier: MIT
//
// EntryIterator: a range-for over what lends one item after another. Entries: a result whose value is gone over.
#pragma once

#include <weld/error.hpp>

#include <cstddef>
#include <expected>
#include <iterator>
#include <type_traits>
#include <utility>

namespace weld {

/// A `T` that is gone over, or why there is none. A std::expected, but that a temporary one gives its value away: in
/// `for (auto& entry : *read_dir(path))` the loop keeps it, where a reference into the result would dangle.
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

/// The input iterator of anything with `const Entry* next()`, null at the end.
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
