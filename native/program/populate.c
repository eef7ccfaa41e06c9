/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Linked into the program itself. The managed runtime writes every page of .bss when it starts, and runs through most of the code: a page
 * fault for each costs more than all else it does then, so they are asked for at once. Nothing depends on it.
 */
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MADV_POPULATE_READ /* Linux 5.14; the headers may be older, and so may the kernel, which then says EINVAL */
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#endif

/* Of the linker: ld(1). */
extern char __executable_start[];
extern char etext[];
extern char __bss_start[];
extern char end[];

static void
populate(const char *from, const char *to, int advice)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t start = (uintptr_t)from & ~(page - 1);
    uintptr_t stop = ((uintptr_t)to + page - 1) & ~(page - 1);

    (void)madvise((void *)start, stop - start, advice);
}

__attribute__((constructor)) static void
populate_program(void)
{
    populate(__bss_start, end, MADV_POPULATE_WRITE);
    populate(__executable_start, etext, MADV_POPULATE_READ);
}
