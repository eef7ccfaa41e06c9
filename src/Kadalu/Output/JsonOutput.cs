using System.Text.Json;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Transport;
using KadaluFsd.Contract;

namespace KadaluFsd.Kadalu.Output;

/// <summary>Writes what programs read.</summary>
internal static class JsonOutput
{
    /// <summary>Writes an answer, indented, which it need not be where it comes from another node.</summary>
    /// <exception cref="CommandException">It is no JSON.</exception>
    internal static void Write(string json)
    {
        JsonElement answer = AnswerText.Read(json, CommandJson.Default.JsonElement, AnswerText.The);
        Terminal.Paste($"{JsonSerializer.Serialize(answer, CommandJson.Default.JsonElement)}\n");
    }

    /// <summary>Writes why there is none.</summary>
    internal static void WriteFailure(ExitCode code, string reason) => Console.Out.WriteLine(JsonSerializer.Serialize(
        new ControlError(reason, (int)code), ControlJson.Default.ControlError));
}
