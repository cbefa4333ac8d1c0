using EventStore.EF.Generators.Contracts;
using EventStore.EF.Generators.Emission;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators;

/// <summary>Outputs the lines of EventContracts.txt, only in the build that writes the file. Other builds only check an option.</summary>
internal static class ContractOutput
{
    public static void Register(IncrementalGeneratorInitializationContext context)
    {
        var mode = context.AnalyzerConfigOptionsProvider.Select(static (options, _) => ContractModes.Of(options.GlobalOptions));
        var recorded = context.AdditionalTextsProvider.Where(ContractFile.IsContractFile).Collect();
        var lines = context.CompilationProvider.Combine(mode).Combine(recorded).Select(static (all, ct) =>
        {
            var ((compilation, mode), files) = all;
            if (mode == ContractMode.Check)
                return null;
            var file = files.IsEmpty || files[0].GetText(ct) is not { } text ? null : ContractFile.Parse(text);
            return ContractEmitter.Emit(ContractUpdate.Lines(compilation, file, mode == ContractMode.Accept, ct));
        });
        context.RegisterImplementationSourceOutput(lines, static (output, text) =>
        {
            if (text is not null)
                output.AddSource(ContractEmitter.FileName, text);
        });
    }
}
