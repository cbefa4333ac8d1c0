using EventStore.EF.Generators.Diagnostics;
using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>Determines how values of a type are stored, and adds the type and everything it contains to the closure.</summary>
internal sealed class ShapeParser(ParseContext context)
{
    private const string Services = "global::System.Text.Json.Serialization.Metadata.JsonMetadataServices.";

    /// <param name="type">The type.</param>
    /// <param name="site">The member or event to report at.</param>
    /// <returns>Null if values of the type can't be stored; the reason is reported.</returns>
    public ValueModel? Value(ITypeSymbol type, ISymbol site)
    {
        if (Converters.Registered(type, context) is { } registered)
        {
            var value = WithConverter(type, registered, site);
            return Converters.WritesNames(registered.Symbol!, type) ? NamedEnum(type) ?? value : value;
        }

        if (BuiltInTypes.Find(type) is { } builtIn)
        {
            if (type.SpecialType == SpecialType.System_Object)
                context.Report(Descriptors.ObjectMember, site, context.Place(site));
            return builtIn;
        }

        if (type.TypeKind == TypeKind.Error)
        {
            context.LeaveToCompiler();
            return null;
        }

        if (UnsupportedTypes.Problem(type, context.Compilation) is { } problem)
            return Refuse(site, problem);
        if (Nameability.Problem(type, context.Compilation) is { } unnameable)
        {
            context.ReportAt(
                Descriptors.Unnameable, context.Location(site), null, context.Place(site), type.Display(), unnameable);
            return null;
        }

        if (type is IArrayTypeSymbol array)
            return Collection(type, Collections.Array, array.ElementType, key: null, site);

        var named = (INamedTypeSymbol)type;
        if (Converters.OfType(named, context, site) is { } converter)
        {
            var value = WithConverter(named, converter, site);
            return Converters.StoresNames(named, named) ? NamedEnum(named) ?? value : value;
        }

        if (JsonAttributes.Unsupported(named) is { } attribute)
            return Refuse(site, JsonAttributes.Advice(attribute));
        if (named.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T)
            return NullableValue(named, site);
        if (named.TypeKind == TypeKind.Enum)
            return EnumValue(named);
        if (context.IsWriting && context.Find(named) is null)
            return context.OnlyWritten(parser => parser.Structure(named, site));
        return Structure(named, site);
    }

    /// <summary>Adds the types that a converter asks its options for.</summary>
    /// <returns>Whether all of them can be stored.</returns>
    public bool AddNeeds(UsedConverter converter, ITypeSymbol type, ISymbol site)
    {
        var (types, unknown) = ConverterNeeds.Of(converter, type, context.Compilation);
        var areStored = types.Select(needed => Value(needed, site)).ToList().TrueForAll(value => value is not null);
        if (unknown is not null && context.IsAdvising)
        {
            var symbol = converter.Symbol!;
            context.ReportAt(
                Descriptors.UnknownNeed, context.Location(symbol), symbol.Code(), symbol.Display(), unknown);
        }

        return areStored;
    }

    private ValueModel? Structure(INamedTypeSymbol type, ISymbol site)
    {
        if (Collections.Find(type) is { } found)
        {
            if (Collections.Problem(type, context.Compilation) is { } problem && !context.IsWriting)
                return context.IsOwn(type) || type.ContainingNamespace.IsSystem() ? Refuse(site, problem) : Foreign(type);
            return Collection(type, found.Kind, found.Element, found.Key, site);
        }

        return context.IsWriting && Collections.FindWritten(type) is { } written
            ? Collection(type, written.Kind, written.Element, written.Key, site)
            : Object(type, site);
    }

    private ValueModel? Object(INamedTypeSymbol type, ISymbol site)
    {
        if (UnsupportedTypes.ObjectProblem(type) is { } problem)
            return context.IsOwn(type) || type.ContainingNamespace.IsSystem() ? Refuse(site, problem) : Foreign(type);
        var isPolymorphic = Polymorphism.IsPolymorphic(type);
        if (isPolymorphic && Polymorphism.Problem(type) is { } wrong)
            return Refuse(site, wrong);
        if (type.IsAbstract && !isPolymorphic && !context.IsWriting)
        {
            var what = type.TypeKind == TypeKind.Interface ? "an interface" : "abstract";
            context.Report(Descriptors.AbstractMember, site, context.Place(site), type.Display(), what);
            return null;
        }

        context.Add(type, inner =>
        {
            var parser = inner == context ? this : new(inner);
            foreach (var derived in Polymorphism.DerivedTypes(type))
                parser.Value(derived, site);
            var start = inner.Findings.Count;
            var shape = new ObjectParser(inner, parser, type).Parse();
            return IsForeign(type, inner) && !inner.Summarize(start, type) ? null : shape;
        });
        if (isPolymorphic && Polymorphism.Conflict(type, context) is { } conflict)
            return Refuse(site, conflict);
        return new(type.Code(), ValueKind.Shape, type.TypeName().Id);
    }

    private ValueModel? Collection(ITypeSymbol type, CollectionKind kind, ITypeSymbol element, ITypeSymbol? key, ISymbol site)
    {
        var keyValue = key is null ? null : Value(key, site);
        if (key is not null && keyValue is null)
            return null;
        if (key is not null && !IsKey(key) && !HasKeyConverter(key))
            return Refuse(site, $"a dictionary's key can't be '{key.Display()}'; use string, a number, Guid, a date or an enum");
        if (Value(element, site) is not { } elementValue)
            return null;

        context.Add(type, _ => new CollectionShape(type.TypeName(), kind, elementValue, keyValue));
        return new(type.Code(), ValueKind.Shape, type.TypeName().Id);
    }

    private ValueModel? NullableValue(INamedTypeSymbol type, ISymbol site)
    {
        var underlying = type.TypeArguments[0];
        if (Value(underlying, site) is not { } inner)
            return null;
        var converter = $"{Services}GetNullableConverter<{underlying.Code()}>(options)";
        WithConverter(type, converter, ValueKind.Nullable);
        return new(type.Code(), ValueKind.Nullable, Inner: inner);
    }

    private ValueModel EnumValue(INamedTypeSymbol type)
    {
        ForeignAttributes.Check(context, type, isSelected: true);
        var converter = $"{Services}GetEnumConverter<{type.Code()}>(options)";
        WithConverter(type, converter, ValueKind.Enum);
        return new(type.Code(), ValueKind.Enum, type.EnumUnderlyingType!.Code());
    }

    private ValueModel WithConverter(ITypeSymbol type, UsedConverter converter, ISymbol site)
    {
        context.Add(type, inner =>
        {
            (inner == context ? this : new(inner)).AddNeeds(converter, type, site);
            return new ConverterShape(type.TypeName(), converter.Expression) { IsOfUser = !IsOfFramework(converter) };
        });
        return new(type.Code(), ValueKind.Metadata);
    }

    private static bool IsOfFramework(UsedConverter converter) => converter.Symbol?.ContainingNamespace.IsSystem() == true;

    private ValueModel WithConverter(INamedTypeSymbol type, string converter, ValueKind kind)
    {
        context.Add(type, _ => new ConverterShape(type.TypeName(), converter));
        return new(type.Code(), kind);
    }

    /// <summary>The straight-line form of an enum that is stored by name. Names of another serializer are reported.</summary>
    public ValueModel? NamedEnum(ITypeSymbol type)
    {
        foreach (var field in type.Underlying().GetMembers().OfType<IFieldSymbol>())
            ForeignAttributes.Check(context, field, isSelected: true);
        return EnumNames.Find(type);
    }

    private static bool IsForeign(INamedTypeSymbol type, ParseContext inner)
        => !inner.IsOwn(type) && !type.ContainingNamespace.IsSystem() && !inner.IsWriting;

    private ValueModel? Foreign(INamedTypeSymbol type)
    {
        context.ReportForeign(type);
        return null;
    }

    private ValueModel? Refuse(ISymbol site, string problem)
    {
        context.Report(Descriptors.NotSerializable, site, context.Place(site), problem);
        return null;
    }

    /// <summary>Whether the key's converter writes and reads names of members.</summary>
    private bool HasKeyConverter(ITypeSymbol type)
    {
        var converter = Converters.Registered(type, context)?.Symbol
            ?? type.Json("JsonConverterAttribute")?.ConstructorArguments.FirstOrDefault().Value as INamedTypeSymbol;
        return converter is not null
            && converter.Hierarchy().TakeWhile(t => t.FullName() != KnownNames.JsonNamespace + ".JsonConverter`1")
                .Any(t => !t.GetMembers("ReadAsPropertyName").IsEmpty);
    }

    private static bool IsKey(ITypeSymbol type) => type.TypeKind == TypeKind.Enum || BuiltInTypes.Find(type) switch
    {
        { Kind: ValueKind.Number or ValueKind.Boolean or ValueKind.Text or ValueKind.Char } => true,
        { Kind: ValueKind.Converter } => type is INamedTypeSymbol
        {
            Arity: 0, ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true },
        },
        _ => false,
    };
}
