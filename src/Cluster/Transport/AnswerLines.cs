using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace KadaluFsd.Cluster.Transport;

/// <summary>Reads what another process says line by line, and no line that is longer than it may be.</summary>
internal static class AnswerLines
{
    /// <summary>Reads to the end.</summary>
    /// <param name="stream">What is said, UTF-8.</param>
    /// <param name="maxLength">The longest line, in bytes.</param>
    /// <param name="take">Gets each line, without its end.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>False where a line is too long; nothing more is read then.</returns>
    internal static async Task<bool> ReadAsync(
        Stream stream, int maxLength, Action<string> take, CancellationToken cancellation)
    {
        var reader = PipeReader.Create(stream);
        while (true)
        {
            ReadResult read = await reader.ReadAsync(cancellation);
            ReadOnlySequence<byte> left = read.Buffer;
            while (left.PositionOf((byte)'\n') is { } end && left.Slice(0, end) is var line && line.Length <= maxLength)
            {
                take(Encoding.UTF8.GetString(line));
                left = left.Slice(left.GetPosition(1, end));
            }

            // One that fits, and is ended, is not left.
            if (left.Length > maxLength)
            {
                return false;
            }

            reader.AdvanceTo(left.Start, left.End);
            if (read.IsCompleted)
            {
                await reader.CompleteAsync();
                return true;
            }
        }
    }
}
