using System.Diagnostics;
using System.Globalization;

namespace EventStore.EF.Compilation.Benchmarks;

/// <summary>Runs a program and tells the CPU that it used, which Linux counts for processes that have ended.</summary>
internal static class ChildProcess
{
    private const long MillisecondsPerTick = 10;

    public static (string Output, long Milliseconds) Run(string program, IEnumerable<string> arguments)
    {
        var before = OfChildren();
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? (output, OfChildren() - before)
            : throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {output}");
    }

    private static long OfChildren()
    {
        // After the name in parentheses: the fields cutime and cstime.
        var stat = File.ReadAllText("/proc/self/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[13], CultureInfo.InvariantCulture) + long.Parse(fields[14], CultureInfo.InvariantCulture)) * MillisecondsPerTick;
    }
}
