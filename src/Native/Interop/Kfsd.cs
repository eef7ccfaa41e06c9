using System.Reflection;
using System.Runtime.InteropServices;

namespace KadaluFsd.Native.Interop;

/// <summary>The functions of libkfsd. What each means, returns and owns is said in native/include/kfsd.h.</summary>
internal static partial class Kfsd
{
    /// <summary>KFSD_API_VERSION of the header these imports were written against.</summary>
    internal const int ApiVersion = 5;

    /// <summary>KFSD_TEXT_MAX.</summary>
    internal const int TextMax = 512;

    private const string Library = "kfsd";

    private static nint s_handle;

    /// <summary>Makes the imports go to a library that has been loaded already.</summary>
    /// <param name="handle">From dlopen.</param>
    internal static void Bind(nint handle)
    {
        s_handle = handle;
        NativeLibrary.SetDllImportResolver(Assembly.GetExecutingAssembly(), Resolve);
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) => name == Library ? s_handle : 0;
}
