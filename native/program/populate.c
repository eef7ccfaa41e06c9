/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Linked into the program itself. The managed runtime writes nearly every page of .data, .bss and .hydrated when it starts, reads most constants
 * and runs through most of the code: a page fault for each costs more than all else it does then, so the pages are asked for at once. Nothing
 * depends on it.
 */
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MADV_POPULATE_READ /* Linux 5.14; the headers may be older, and so may the kernel, which then says EINVAL */
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#endif

#define LARGE_PAGE ((uintptr_t)2 << 20)

/* Of the linker: ld(1). */
extern char __executable_start[];
extern char __init_array_start[]; /* what comes before is never written */
extern char __data_start[];
extern char __bss_start[];

/*
 * .hydrated is where Native AOT unpacks its type tables: some 3 MB, written from one end to the other before anything else is managed. This
 * byte makes it begin at a large page, and end behind one: two pages to ask for instead of 800, and in a virtual machine whose hypervisor
 * shadows page tables, two to be shadowed instead of 800.
 */
__attribute__((section(".hydrated,\"aw\",@nobits#"), aligned(LARGE_PAGE), used)) static char hydrated_end[1];

static void
advise(uintptr_t from, uintptr_t to, int advice)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

    from &= ~(page - 1);
    (void)madvise((void *)from, ((to + page - 1) & ~(page - 1)) - from, advice);
}

__attribute__((constructor)) static void
populate_program(void)
{
    uintptr_t hydrated = ((uintptr_t)__bss_start + LARGE_PAGE - 1) & ~(LARGE_PAGE - 1);

    advise(hydrated, (uintptr_t)hydrated_end, MADV_HUGEPAGE);

    /* The first ends where nothing is mapped, behind .bss. */
    advise((uintptr_t)__data_start, hydrated, MADV_POPULATE_WRITE);
    advise(hydrated, (uintptr_t)hydrated_end, MADV_POPULATE_WRITE);
    advise((uintptr_t)__executable_start, (uintptr_t)__init_array_start, MADV_POPULATE_READ);
}
