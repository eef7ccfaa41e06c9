using System.Runtime.InteropServices;

namespace KadaluFsd.Native.Interop;

/// <summary>The functions of libkfsd. What each means, returns and owns is said in native/include/kfsd.h.</summary>
/// <remarks>Their names are linked into the program (native/program/imports.c). Before <see cref="Bind"/> none of them may be called.</remarks>
internal static partial class Kfsd
{
    /// <summary>KFSD_API_VERSION of the header these imports were written against.</summary>
    internal const int ApiVersion = 9;

    /// <summary>KFSD_TEXT_MAX.</summary>
    internal const int TextMax = 512;

    /// <summary>Its file's name.</summary>
    internal const string Library = "libkfsd.so";

    /// <summary>Makes them go to the library.</summary>
    /// <param name="handle">From dlopen.</param>
    /// <returns>How many of them it does not have; these must not be called.</returns>
    [LibraryImport(Library, EntryPoint = "bind_libkfsd")]
    internal static partial int Bind(nint handle);
}
