// SPDX-License-Identifier: MIT
//
// nothing: the program that the contenders of the process race run. Linked statically: a loader would be most of its
// cost.

int main(void) { return 0; }
