using EventStore.EF.Generators.Contracts;
using EventStore.EF.Generators.Tests.Driver;
using Microsoft.CodeAnalysis.Text;

namespace EventStore.EF.Generators.Tests.Contracts;

/// <summary>The contract file that the target UpdateEventContracts would write.</summary>
internal static class Contract
{
    public const string Using = """
        using System;
        using System.Collections.Generic;
        using System.Text.Json;
        using System.Text.Json.Serialization;
        using EventStore.EF;

        """;

    public static string Of(string source, string recorded = "", bool acceptBreaking = false)
    {
        var file = ContractFile.Parse(SourceText.From(recorded));
        var lines = ContractUpdate.Lines(Harness.Compile([Using + source], "Shop"), file, acceptBreaking, TestContext.Current.CancellationToken);
        return string.Concat(lines.Select(line => line + "\n"));
    }
}
