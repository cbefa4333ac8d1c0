using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis.Text;

namespace EventStore.EF.Generators.Emission;

/// <summary>Emits the assembly's part of the catalog, which includes the parts of the assemblies it references.</summary>
internal static class CatalogEmitter
{
    private const string ClassName = "EventCatalog";

    public static SourceText Emit(string ns, CatalogModel model)
        => GeneratedFile.Of(ns, [$"[assembly: global::EventStore.EF.EventCatalog(typeof(global::{ns}.{ClassName}))]"], code => code
            .Line("/// <summary>The events and subscribers of this assembly and of the assemblies it references.</summary>")
            .Lines(GeneratedFile.Attributes)
            .Open($"public sealed class {ClassName} : global::EventStore.EF.EventCatalogPart")
            .Line("/// <inheritdoc/>")
            .Open("public override void Contribute(global::EventStore.EF.EventCatalogBuilder builder)")
            .Lines(model.EventClasses.Select(name => $"builder.Add({name}.Describe());"))
            .Lines(model.SubscriberIds.Select(id => $"builder.Add(Dispatch_{id}.Describe());"))
            .Lines(model.StateIds.Select(id => $"builder.Add(State_{id}.Describe());"))
            .Lines(model.HasUpcasters ? [$"{UpcasterEmitter.ClassName}.Contribute(builder);"] : [])
            .Lines(model.ReferencedParts.Select(part => $"builder.Add(new {part}());"))
            .Close()
            .Close());
}
