// SPDX-License-Identifier: MIT
//
// peer: the copy race in Go: io.Copy from file to file, which asks copy_file_range(2) first.

package main

import (
	"fmt"
	"io"
	"os"
	"time"
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	input := os.Args[1]
	target := input + ".copy"

	start := time.Now()
	from, err := os.Open(input)
	must(err)
	to, err := os.Create(target)
	must(err)
	size, err := io.Copy(to, from)
	must(err)
	must(to.Close())
	must(from.Close())
	ns := time.Since(start).Nanoseconds()

	info, err := os.Stat(target)
	must(err)
	must(os.Remove(target))
	fmt.Printf("{\"ops\": %d, \"ns\": %d, \"sum\": %d}\n", size>>20, ns, info.Size())
}
