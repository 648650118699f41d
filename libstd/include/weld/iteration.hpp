// SPDX-License-Identifier: MIT
//
// EntryIterator: a range-for over what lends one item after another.
#pragma once

#include <cstddef>
#include <iterator>
#include <type_traits>
#include <utility>

namespace weld {

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
