using System.Diagnostics;

namespace EventStore.EF.Packages.Tests;

/// <summary>The README's complete program, made by the commands that stand above it.</summary>
public sealed class ReadmeProgramTests(PackedConsumers packed)
{
    private const string Shop = "readme/Shop";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_complete_program_builds_without_warnings_and_does_what_it_says()
    {
        var readme = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"), Ct);
        var chapter = readme[readme.IndexOf("## A complete program", StringComparison.Ordinal)..];
        Directory.CreateDirectory(packed.FolderOf("readme"));
        (await packed.RunAsync("readme", "sh", "-e", "-c", Block(chapter, "sh"))).Succeeds();
        await File.WriteAllTextAsync(Path.Combine(packed.FolderOf(Shop), "Program.cs"), Block(chapter, "csharp"), Ct);
        (await packed.BuildAsync(Shop, "-warnaserror", "--output", "out")).Succeeds();

        var expected = new List<string>
        {
            "The order is at version 2.", "expected at version '1', but is at 2", "1: OrderPlaced { ", "2: OrderPaid { ",
            "Dear Ada, thank you for order", "We received 12.50 for order",
        };
        using var program = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine("out", "Shop.dll")])
        {
            WorkingDirectory = packed.FolderOf(Shop),
            RedirectStandardOutput = true,
            Environment = { ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1" },
        })!;
        try
        {
            while (expected.Count > 0)
            {
                var line = await program.StandardOutput.ReadLineAsync(Ct).AsTask().WaitAsync(TimeSpan.FromSeconds(60), Ct);
                Assert.True(line is not null, $"The program ended without having said: {string.Join(" | ", expected)}");
                expected.RemoveAll(part => line.Contains(part, StringComparison.Ordinal));
            }

            // As Ctrl+C does; that one's own signal is ignored by whatever was started in the background of a script.
            (await CommandLine.RunAsync(Repository.Root, "kill", ["-TERM", $"{program.Id}"])).Succeeds();
            _ = await program.StandardOutput.ReadToEndAsync(Ct).WaitAsync(TimeSpan.FromSeconds(60), Ct);
            await program.WaitForExitAsync(Ct).WaitAsync(TimeSpan.FromSeconds(60), Ct);
            Assert.Equal(0, program.ExitCode);
        }
        finally
        {
            if (!program.HasExited)
                program.Kill();
        }
    }

    private static string Block(string text, string language)
    {
        var begin = text.IndexOf($"```{language}\n", StringComparison.Ordinal) + language.Length + 4;
        return text[begin..text.IndexOf("```", begin, StringComparison.Ordinal)];
    }
}
