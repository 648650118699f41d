// SPDX-License-Identifier: MIT
//
// Priority: what a user without the privilege is refused. In children, which alone can give it up; no case runs a
// thread before its child is made, which a sanitizer would not stand.
#include <support/words.hpp>

#include <weld/thread.hpp>

#include <sys/resource.h>
#include <unistd.h>
#include <string_view>

namespace thread = weld::thread;
using thread::Priority;
using weld::Kind;

namespace {

constexpr int no_privilege_to_lose = 77;

/// Makes the process one that may not raise a priority; false when it cannot be.
bool give_up_privilege() {
    const rlimit none{.rlim_cur = 0, .rlim_max = 0};
    return ::setrlimit(RLIMIT_NICE, &none) == 0 && (::geteuid() != 0 || ::setuid(65534) == 0);
}

template <class Body>
int status_without_privilege(Body body) {
    const auto end = test::in_child([&] { return give_up_privilege() ? body() : no_privilege_to_lose; });
    INFO(end.said);
    if (end.exited_with(no_privilege_to_lose)) {
        WARN("the privilege could not be given up: skipped");
        return 0;
    }
    REQUIRE(WIFEXITED(end.status));
    return WEXITSTATUS(end.status);
}

template <class T>
bool is_refused(const weld::Result<T>& result) {
    return !result && result.error().kind() == Kind::PermissionDenied;
}

}  // namespace

TEST_CASE("a priority without the privilege is PermissionDenied: no thread, and the closure does not run") {
    CHECK(status_without_privilege([] {
              struct Flag {
                  bool* destroyed;
                  explicit Flag(bool& target) : destroyed(&target) {}
                  Flag(Flag&& other) noexcept : destroyed(std::exchange(other.destroyed, nullptr)) {}
                  ~Flag() {
                      if (destroyed != nullptr) {
                          *destroyed = true;
                      }
                  }
              };
              bool ran = false;
              bool destroyed = false;
              const auto refused =
                  thread::spawn([&ran, flag = Flag(destroyed)] { ran = true; }, {.priority = Priority::Highest});
              if (!is_refused(refused) || std::string_view(refused.error().operation()) != "spawn") {
                  return 1;
              }
              if (ran || !destroyed) {
                  return 2;
              }
              return is_refused(thread::spawn([] {}, {.priority = Priority::AboveNormal})) ? 0 : 3;
          }) == 0);
}

TEST_CASE("without the privilege a thread can lower its priority and not raise it again") {
    if (!test::has_normal_priority()) {
        WARN("begun with a nice value, and no privilege to change it: skipped");
        return;
    }
    CHECK(status_without_privilege([] {
              auto handle = thread::spawn([] {
                  if (!thread::set_priority(Priority::BelowNormal) || !thread::set_priority(Priority::Lowest)) {
                      return 1;
                  }
                  if (!is_refused(thread::set_priority(Priority::Normal))) {
                      return 2;
                  }
                  if (!is_refused(thread::spawn([] {}, {.priority = Priority::Normal}))) {
                      return 3;
                  }
                  return thread::priority().value() == Priority::Lowest ? 0 : 4;
              });
              return handle ? std::move(*handle).join() : 5;
          }) == 0);
}
