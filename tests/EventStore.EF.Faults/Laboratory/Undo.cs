using System.Diagnostics;

namespace EventStore.EF.Faults;

/// <summary>What is to be undone when the program ends, however it ends: servers, mounts, processes, folders. A shell outside of it sees to that.</summary>
internal sealed class Undo : IAsyncDisposable
{
    private readonly Process _shell;

    public Undo()
    {
        using var script = new StreamReader(typeof(Undo).Assembly.GetManifestResourceStream("undo.sh")!);
        _shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", script.ReadToEnd(), "undo.sh"]) { RedirectStandardInput = true })!;
    }

    /// <summary>Registers a command; to be called before that is done which it undoes. Later ones run first.</summary>
    public void With(params IEnumerable<string> command)
        => Add(string.Join(' ', command.Select(word => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'")) + " >/dev/null 2>&1");

    /// <summary>Ends a process, if the id is still that of one that has the text in its command line.</summary>
    public void WithProcess(int id, string text) => Add($"grep -qsF '{text}' /proc/{id}/cmdline && kill -KILL {id}");

    public async ValueTask DisposeAsync()
    {
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync().ConfigureAwait(false);
        _shell.Dispose();
    }

    private void Add(string line)
    {
        lock (_shell)
        {
            _shell.StandardInput.WriteLine(line);
            _shell.StandardInput.Flush();
        }
    }
}
