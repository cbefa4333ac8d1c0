using System.Diagnostics;
using EventStore.EF.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace EventStore.EF.Compilation.Benchmarks;

/// <summary>What the generator itself costs: in a process that has never run it, after edits, and in one that has.</summary>
internal static class GeneratorRun
{
    /// <summary>The argument that has a process measure our generator.</summary>
    public const string Ours = "ours";

    /// <summary>The argument that has a process measure the <see cref="FindingGenerator"/>.</summary>
    public const string Finding = "finding";

    /// <summary>The compilations until the compiler itself is compiled.</summary>
    private const int WarmUps = 3;

    /// <summary>
    /// The CPU in ms of the first run, of one after an unrelated edit, of one after an event was changed, and of a first run on another compilation
    /// in the same process; then that of whole compilations in the warm process after an event was changed, without and with the generator.
    /// </summary>
    public static long[] InNewProcess(int events, string generator)
    {
        var text = ChildProcess.Run(Environment.ProcessPath!, [events.ToString(System.Globalization.CultureInfo.InvariantCulture), "1", generator]).Output;
        return [.. text.Split(' ').Select(number => long.Parse(number, System.Globalization.CultureInfo.InvariantCulture))];
    }

    /// <summary>Writes those six to the console.</summary>
    public static void Measure(int events, string generator)
    {
        var compilation = Compilation(events);
        var driver = Driver();
        var cold = Run(compilation);
        var unrelated = compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText("internal sealed class Unrelated;", path: "Unrelated.cs"));
        var afterUnrelated = Run(unrelated);
        var tree = unrelated.SyntaxTrees[0];
        var changed = unrelated.ReplaceSyntaxTree(tree, CSharpSyntaxTree.ParseText(Changed(tree.ToString()), path: tree.FilePath));
        var afterChange = Run(changed);
        driver = Driver();
        var again = Run(Compilation(events));
        var (without, with) = generator == Finding ? (0, 0) : Warm(changed, unrelated);
        Console.Write($"{cold} {afterUnrelated} {afterChange} {again} {without} {with}");

        GeneratorDriver Driver() => CSharpGeneratorDriver.Create(generator == Finding ? new FindingGenerator() : new EventStoreGenerator());

        // What a compiler server does after an edit: it remembers the generator's results, and compiles everything again.
        (long Without, long With) Warm(CSharpCompilation edited, CSharpCompilation before)
        {
            for (var i = 0; i < WarmUps; i++)
                _ = (Emit(before), EmitGenerated(before));
            return (Emit(edited), EmitGenerated(edited));
        }

        long EmitGenerated(CSharpCompilation current) => Cpu(() =>
        {
            driver = driver.RunGeneratorsAndUpdateCompilation(current, out var complete, out _);
            Emitted(complete);
        });

        long Run(CSharpCompilation current)
        {
            using var process = Process.GetCurrentProcess();
            var before = process.TotalProcessorTime;
            driver = driver.RunGenerators(current);
            process.Refresh();
            var spent = process.TotalProcessorTime - before;

            // Ours writes a catalog besides.
            var written = driver.GetRunResult();
            return written.Diagnostics.IsEmpty && written.GeneratedTrees.Length >= (generator == Finding ? events : events + 1)
                ? (long)spent.TotalMilliseconds
                : throw new InvalidOperationException("The generator has not written all events.");
        }
    }

    private static long Emit(CSharpCompilation compilation) => Cpu(() => Emitted(compilation.Clone()));

    private static void Emitted(Microsoft.CodeAnalysis.Compilation compilation)
    {
        using var image = new MemoryStream();
        if (!compilation.Emit(image).Success)
            throw new InvalidOperationException("The events don't compile.");
    }

    private static long Cpu(Action action)
    {
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        action();
        process.Refresh();
        return (long)(process.TotalProcessorTime - before).TotalMilliseconds;
    }

    private static CSharpCompilation Compilation(int events) => CSharpCompilation.Create(
        "Shop",
        EventSources.Files(events, Generated.ByUs).Select((text, file) => CSharpSyntaxTree.ParseText(text, path: EventSources.Path(file))),
        Toolchain.References.Select(path => MetadataReference.CreateFromFile(path)),
        new(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    private static string Changed(string text)
    {
        var first = text.IndexOf("string? Note", StringComparison.Ordinal);
        return text[..first] + "string? Remark" + text[(first + "string? Note".Length)..];
    }
}
