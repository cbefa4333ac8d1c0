using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Ordering.Tests;

/// <summary>The shop as its users run it: a process with a folder of its own, which serves HTTP at a free port.</summary>
public sealed partial class RunningShop : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("ordering-").FullName;
    private Process? _process;
    private Task<string>? _said;

    /// <summary>Environment variables of the process.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Sends requests to the shop.</summary>
    public HttpClient Client { get; } = new();

    /// <summary>The texts of all e-mails that the shop has written.</summary>
    public IEnumerable<string> Emails => Directory.Exists(Path.Combine(_folder, "mailbox"))
        ? Directory.EnumerateFiles(Path.Combine(_folder, "mailbox"), "*.eml", SearchOption.AllDirectories).Select(File.ReadAllText)
        : [];

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Ordering.dll");
        var start = new ProcessStartInfo("dotnet", [program, "--urls", "http://127.0.0.1:0", "--sqlite", "shop.db"])
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in Settings)
            start.Environment[name] = value;

        _process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(Patience);
        while (Client.BaseAddress is null)
        {
            var line = await _process.StandardOutput.ReadLineAsync(patience.Token)
                ?? throw new InvalidOperationException("The shop ended before it was open.");
            if (OpenAt().Match(line) is { Success: true } open)
                Client.BaseAddress = new(open.Groups["address"].Value);
        }

        // Nothing that it says later may wait for a reader.
        _said = _process.StandardOutput.ReadToEndAsync(CancellationToken.None);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_process is not null)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
            if (_said is not null)
                await _said;

            _process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    [GeneratedRegex(@"^The shop is open at (?<address>http://\S+)\. ")]
    private static partial Regex OpenAt();
}
