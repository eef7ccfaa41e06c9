using KadaluFsd.Rpc.Onc;
using KadaluFsd.Rpc.Xdr;

namespace KadaluFsd.Rpc.Gluster;

// rpc/xdr/src/rpc-common-xdr.x:
//   struct gf_dump_req { u_quad_t gfsid; };
//   struct gf_prog_detail { string progname<>; u_quad_t prognum; u_quad_t progver; struct gf_prog_detail *next; };
//   struct gf_dump_rsp { u_quad_t gfsid; int op_ret; int op_errno; struct gf_prog_detail *prog; };

/// <summary>A program as DUMP names it.</summary>
/// <param name="Name">Its name in GlusterFS.</param>
/// <param name="Number">Its number.</param>
/// <param name="Version">Its version.</param>
public readonly record struct ProgramDetail(string Name, uint Number, uint Version);

/// <summary>DUMP: which programs a server has.</summary>
public sealed class DumpProcedure(params IReadOnlyList<ProgramDetail> programs) : RpcProcedure
{
    /// <inheritdoc/>
    public override uint Program => GlusterPrograms.Dump;

    /// <inheritdoc/>
    public override uint Version => GlusterPrograms.DumpVersion;

    /// <inheritdoc/>
    public override uint Number => GlusterPrograms.DumpDump;

    /// <inheritdoc/>
    public override void Invoke(RpcPeer peer, ref XdrReader arguments, XdrWriter results)
    {
        _ = arguments.ReadUInt64();
        arguments.ExpectEnd();
        results.WriteUInt64(0);
        results.WriteInt32(0);
        results.WriteInt32(0);
        foreach (ProgramDetail program in programs)
        {
            results.WriteUInt32(1);
            results.WriteString(program.Name);
            results.WriteUInt64(program.Number);
            results.WriteUInt64(program.Version);
        }

        results.WriteUInt32(0);
    }
}
