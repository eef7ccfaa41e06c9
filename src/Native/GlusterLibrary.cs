using System.Runtime.InteropServices;
using KadaluFsd.Linux;
using KadaluFsd.Native.Interop;
using Tmds.Linux;

namespace KadaluFsd.Native;

/// <summary>libkfsd, loaded. There is at most one in a process.</summary>
public sealed class GlusterLibrary
{
    private const string OwnTypes = "kadalu/";

    private static readonly Lock s_loading = new();
    private static GlusterLibrary? s_loaded;
    private static nint s_handle;

    // Once in a process, even if loading is tried again. 0 leaves the search to the runtime.
    static GlusterLibrary() =>
        NativeLibrary.SetDllImportResolver(typeof(Kfsd).Assembly, (library, _, _) => library == Kfsd.Library ? s_handle : 0);

    private unsafe GlusterLibrary()
    {
        GlusterFsVersion = NativeText.Read(Kfsd.GetGlusterFsVersion());
        TranslatorDirectory = NativeText.Read(Kfsd.GetTranslatorDirectory());
        OwnTranslatorDirectory = NativeText.Read(Kfsd.GetOwnTranslatorDirectory());
    }

    /// <summary>The GlusterFS version that libkfsd was built for, such as <c>10.3</c>.</summary>
    public string GlusterFsVersion { get; }

    /// <summary>Directory with that version's translators, one <c>type.so</c> each.</summary>
    public string TranslatorDirectory { get; }

    /// <summary>
    /// Directory with our own translators for that version, one <c>NAME.so</c> for each type <c>kadalu/NAME</c>.
    /// </summary>
    public string OwnTranslatorDirectory { get; }

    /// <summary>
    /// Loads libkfsd from beside the program, with its symbols visible to everything loaded later, and checks that its accept
    /// hook comes first in symbol lookup. Must run before anything else loads a GlusterFS transport.
    /// </summary>
    /// <returns>The library; the same one on every call.</returns>
    /// <exception cref="GraphException">It cannot be loaded, has another version than this assembly, or its hook is not in
    /// effect.</exception>
    public static GlusterLibrary Load()
    {
        lock (s_loading)
        {
            return s_loaded ??= LoadOnce(Path.Combine(AppContext.BaseDirectory, Kfsd.Library));
        }
    }

    /// <summary>Whether a translator is installed.</summary>
    /// <param name="type">Its type, such as <c>features/locks</c>.</param>
    /// <returns>Whether its shared object is in <see cref="TranslatorDirectory"/>, or in <see cref="OwnTranslatorDirectory"/>
    /// where the type is one of ours.</returns>
    public bool HasTranslator(string type) => File.Exists(type.StartsWith(OwnTypes, StringComparison.Ordinal)
        ? Path.Combine(OwnTranslatorDirectory, type[OwnTypes.Length..] + ".so")
        : Path.Combine(TranslatorDirectory, type + ".so"));

    /// <summary>The options of a translator, which need not be in the graph.</summary>
    /// <param name="type">Its type; <c>rpc-transport/socket</c> for the transport's.</param>
    /// <exception cref="GraphException">It is not installed, or no translator.</exception>
    public static unsafe TranslatorOption[] GetOptions(string type) =>
        [.. NativeArray.Collect<Kfsd.NativeOption>((elements, capacity) => Kfsd.GetTranslatorOptions(type, elements, capacity))
            .Select(NativeOptions.Describe)];

    // native/exports, which the build checks the library against.
    private static int CountMissing(nint library)
    {
        using var names = new StreamReader(typeof(GlusterLibrary).Assembly.GetManifestResourceStream("exports")!);
        return names.ReadToEnd().Split('\n').Count(
            name => name.StartsWith("kfsd_", StringComparison.Ordinal) && !NativeLibrary.TryGetExport(library, name, out _));
    }

    private static unsafe GlusterLibrary LoadOnce(string path)
    {
        void* handle;
        fixed (byte* name = NativePath.ToBytes(path))
        {
            handle = LibC.dlopen(name, LibC.RTLD_NOW | LibC.RTLD_GLOBAL);
        }

        if (handle is null)
        {
            throw new GraphException(LibC.ELIBACC, $"cannot load {path}: {NativeText.Read(LibC.dlerror())}");
        }

        if (CountMissing((nint)handle) is > 0 and var missing)
        {
            throw new GraphException(
                LibC.ELIBBAD, $"{path} lacks {missing} functions that this program needs: install both from one build");
        }

        s_handle = (nint)handle;
        int version = Kfsd.GetApiVersion();
        if (version != Kfsd.ApiVersion)
        {
            throw new GraphException(
                LibC.ELIBBAD,
                $"{path} has interface {version}, this program needs {Kfsd.ApiVersion}: install both from one build");
        }

        NativeText.Check(Kfsd.CheckHook());
        return new GlusterLibrary();
    }
}
