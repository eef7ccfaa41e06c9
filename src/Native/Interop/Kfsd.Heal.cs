using System.Runtime.InteropServices;

namespace KadaluFsd.Native.Interop;

internal static partial class Kfsd
{
    internal const int HealIndex = 1;

    internal const int HealFull = 2;

    internal const int MarkEverything = 1;

    internal const int MarkBesideLost = 2;

    internal const uint TypeMask = 0xF000;

    internal const uint DirectoryType = 0x4000;

    [LibraryImport(Library, EntryPoint = "kfsd_units")]
    internal static unsafe partial int GetUnits(nint context, NativeUnit* units, int capacity);

    [LibraryImport(Library, EntryPoint = "kfsd_heal_start")]
    internal static unsafe partial int StartHeal(nint context, int what, NativeHeal* heals, int capacity);

    [LibraryImport(Library, EntryPoint = "kfsd_heal_mark", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial long MarkHeal(nint context, string unit, int what);

    [LibraryImport(Library, EntryPoint = "kfsd_heal_crawls")]
    internal static unsafe partial int GetHealCrawls(nint context, NativeHealCrawl* crawls, int capacity);

    [LibraryImport(Library, EntryPoint = "kfsd_list", StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial int List(
        nint context, string unit, NativeGfid* gfid, long offset, NativeEntry* entries, int capacity, long* next);

    [LibraryImport(Library, EntryPoint = "kfsd_inspect", StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial int Inspect(nint context, string unit, NativeGfid* gfid, NativeDirectory* directory);

    [LibraryImport(Library, EntryPoint = "kfsd_parent", StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial int GetParent(nint context, string unit, NativeGfid* gfid, NativeGfid* parent);

    [LibraryImport(Library, EntryPoint = "kfsd_settle", StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial int Settle(nint context, string unit, NativeGfid* gfid, byte* name, int hasOtherAttributes);

    [LibraryImport(Library, EntryPoint = "kfsd_spread_marks", StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial int SpreadMarks(nint context, string unit, NativeGfid* gfid);

    [LibraryImport(Library, EntryPoint = "kfsd_healed_take")]
    internal static unsafe partial int TakeHealed(nint context, NativeHealed* directories, int capacity);

    [LibraryImport(Library, EntryPoint = "kfsd_interrupted", StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial int GetInterrupted(nint context, string unit, NativeGfid* gfids, int capacity);

    [LibraryImport(Library, EntryPoint = "kfsd_interrupted_compared", StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial int TellCompared(nint context, string unit, NativeGfid* gfid);

    /// <summary>struct kfsd_unit.</summary>
    internal unsafe struct NativeUnit
    {
        internal byte* Volume;
        internal long IsConnected;
    }

    /// <summary>struct kfsd_heal.</summary>
    internal unsafe struct NativeHeal
    {
        internal byte* Translator;
        internal byte* Unit;
        internal long IsStarted;
        internal fixed byte Status[80];
    }

    /// <summary>struct kfsd_heal_crawl.</summary>
    internal unsafe struct NativeHealCrawl
    {
        internal byte* Translator;
        internal byte* Unit;
        internal long IsFull;
        internal long Begun;
        internal long Ended;
        internal long Healed;
        internal long SplitBrain;
        internal long Failed;
    }

    /// <summary>struct kfsd_entry.</summary>
    internal unsafe struct NativeEntry
    {
        internal fixed byte Name[256];
        internal NativeGfid Gfid;
        internal uint Mode;
        internal uint User;
        internal uint Group;
    }

    /// <summary>A gfid.</summary>
    internal unsafe struct NativeGfid
    {
        internal fixed byte Bytes[16];

        internal NativeGfid(Guid gfid)
        {
            fixed (byte* first = Bytes)
            {
                gfid.TryWriteBytes(new Span<byte>(first, 16), bigEndian: true, out _);
            }
        }

        internal readonly Guid ToGuid()
        {
            fixed (byte* first = Bytes)
            {
                return new Guid(new ReadOnlySpan<byte>(first, 16), bigEndian: true);
            }
        }
    }

    /// <summary>struct kfsd_healed.</summary>
    internal unsafe struct NativeHealed
    {
        internal byte* Group;
        internal NativeGfid Gfid;
    }

    /// <summary>struct kfsd_directory.</summary>
    internal struct NativeDirectory
    {
        internal long Version;
        internal long MetadataVersion;
        internal long IsMarked;
    }
}
