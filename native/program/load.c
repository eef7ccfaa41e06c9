/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Linked into the program itself. A process that hosts a graph loads GlusterFS's libraries, with all that they need, before the managed
 * runtime starts: the dynamic linker keeps its lock for as long as a library is loaded, every new thread needs that lock, and page faults of
 * several threads hold each other up. Nothing depends on it: what goes wrong goes wrong again, and is told, when managed code loads the same
 * libraries.
 */
#include <dlfcn.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIBRARY "/libkfsd.so"

/* Set for the process in the background by KadaluFsd.Fsd.Daemon.Background. */
#define IN_BACKGROUND "KADALU_FSD_IN_BACKGROUND"

/* "unit" or "heal-daemon" with options, unlike "unit install". */
static bool
hosts_a_graph(int count, char **arguments)
{
    return count > 2 && (!strcmp(arguments[1], "unit") || !strcmp(arguments[1], "heal-daemon")) && arguments[2][0] == '-';
}

/* Called as glusterfsd (its options come first), and not only to start another process in the background. */
static bool
stays_as_glusterfsd(int count, char **arguments)
{
    if (count < 2 || arguments[1][0] != '-')
        return false;
    if (getenv(IN_BACKGROUND))
        return true;
    for (int i = 1; i < count; i++) {
        if (!strcmp(arguments[i], "-N") || !strcmp(arguments[i], "--no-daemon") || !strcmp(arguments[i], "--debug"))
            return true;
    }
    return false;
}

/* The library that lies beside the program, and the transport that every graph asks for in the end. */
static void
load(void)
{
    char path[PATH_MAX + sizeof(LIBRARY)];
    ssize_t length = readlink("/proc/self/exe", path, PATH_MAX);
    char *name;
    void *library;
    const char *(*translator_directory)(void);

    path[length > 0 ? length : 0] = '\0';
    name = strrchr(path, '/');
    if (!name)
        return;
    strcpy(name, LIBRARY);
    library = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
    if (!library)
        return;
    *(void **)&translator_directory = dlsym(library, "kfsd_translator_directory");
    if (translator_directory && snprintf(path, sizeof(path), "%s/../rpc-transport/socket.so", translator_directory()) < (int)sizeof(path))
        (void)dlopen(path, RTLD_NOW);
}

/* glibc gives constructors the arguments of main. */
__attribute__((constructor)) static void
load_ahead(int count, char **arguments)
{
    if (hosts_a_graph(count, arguments) || stays_as_glusterfsd(count, arguments))
        load();
}
