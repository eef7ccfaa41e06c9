namespace KadaluFsd.Serving.Tests.Peers;

/// <summary>Volfiles for tests.</summary>
internal static class Texts
{
    /// <summary>A client's, of a pool of one unit.</summary>
    /// <param name="host">The unit's node; also what tells one text from another.</param>
    /// <param name="directory">The unit's directory.</param>
    internal static string Client(string host = "192.0.2.1", string directory = "/unit") =>
        $"volume c\n    type protocol/client\n    option remote-host {host}\n    option remote-subvolume {directory}\nend-volume\n";

    internal static string Text(this Rpc.Gluster.GetSpecReply reply) => System.Text.Encoding.UTF8.GetString(reply.Spec.Span);
}
