// SPDX-License-Identifier: MIT
//
// peer: the lines race in Go: bufio.Scanner.

package main

import (
	"bufio"
	"flag"
	"fmt"
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
	repeat := flag.Int("repeat", 1, "passes over the text")
	flag.Parse()
	lines, sum := 0, 0

	start := time.Now()
	for pass := 0; pass < *repeat; pass++ {
		file, err := os.Open(flag.Arg(0))
		must(err)
		scanner := bufio.NewScanner(file)
		for scanner.Scan() {
			lines++
			sum += len(scanner.Bytes())
		}
		must(scanner.Err())
		must(file.Close())
	}
	ns := time.Since(start).Nanoseconds()

	fmt.Printf("{\"ops\": %d, \"ns\": %d, \"sum\": %d}\n", lines, ns, sum)
}
