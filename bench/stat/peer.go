// SPDX-License-Identifier: MIT
//
// peer: the stat race in Go, standard library only: os.Lstat on every path of the list.
//
// Takes the same command line and prints the same line as the contenders in C.

package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"
)

func main() {
	repeat := flag.Int("repeat", 1, "passes over the list")
	flag.Parse()
	blob, err := os.ReadFile(flag.Arg(0))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	paths := strings.Split(strings.TrimSuffix(string(blob), "\x00"), "\x00")

	var count, failed, size, ino, fileSize uint64
	start := time.Now()
	for pass := 0; pass < *repeat; pass++ {
		for _, path := range paths {
			info, err := os.Lstat(path)
			if err != nil {
				failed++
				continue
			}
			count++
			size += uint64(info.Size())
			ino += info.Sys().(*syscall.Stat_t).Ino
			if info.Mode().IsRegular() {
				fileSize += uint64(info.Size())
			}
		}
	}
	ns := time.Since(start).Nanoseconds()

	fmt.Printf("{\"ops\": %d, \"ns\": %d, \"count\": %d, \"failed\": %d, \"sum_size\": %d, \"sum_ino\": %d, \"sum_file_size\": %d}\n",
		len(paths)**repeat, ns, count, failed, size, ino, fileSize)
}
