"""Molecules: structures in the formats of the field."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from runwell.wire.errors import UsageError, shorten
from runwell.wire.foreign import is_a, path_of, read_from, refusing

from .media import FileMedia, Media

if TYPE_CHECKING:
    from .place import MediaPlace

_FILE_TYPES = ("pdb", "pqr", "mmcif", "mcif", "cif", "sdf", "sd", "gro", "mol2", "mmtf")


class Molecule(FileMedia):
    """A molecule.

    Args:
        data_or_path: a path, or an open file with ``file_type``.
        caption: shown with it.
        file_type: pdb, pqr, mmcif, mcif, cif, sdf, sd, gro, mol2 or mmtf.

    Raises:
        UsageError: it is none of these.
    """

    kind = "molecule-file"
    folder = "molecule"

    @refusing("Molecule")
    def __init__(self, data_or_path: Any, caption: str | None = None, file_type: str | None = None) -> None:
        super().__init__(caption)
        if is_a(data_or_path, str) or hasattr(type(data_or_path), "__fspath__"):
            self._path = path_of(data_or_path, "Molecule")
            file_type = os.path.splitext(self._path)[1].lower().lstrip(".")
            if not os.path.isfile(self._path):
                raise UsageError(f"there is no file {shorten(self._path)}")
        elif hasattr(data_or_path, "read"):
            self._data = read_from(data_or_path, "Molecule")
        else:
            raise UsageError(f"Molecule takes a path or an open file, not {shorten(data_or_path)}")
        if file_type not in _FILE_TYPES:
            raise UsageError(f"file type {shorten(file_type)} is none of {', '.join(_FILE_TYPES)}")
        self._suffix = file_type

    @classmethod
    def from_rdkit(cls, data_or_path: Any, caption: str | None = None, **_options: Any) -> Molecule:
        """Make one of a molecule of RDKit, or of a mol or sdf file that RDKit reads.

        Raises:
            UsageError: RDKit isn't installed, or can't read it.
        """
        import io

        chemistry = _rdkit()
        molecule = data_or_path
        if isinstance(data_or_path, (str, os.PathLike)):
            path = os.fspath(data_or_path)
            if path.endswith(".sdf"):
                molecule = next(iter(chemistry.SDMolSupplier(path)), None)
            else:
                molecule = chemistry.MolFromMolFile(path)
        if molecule is None:
            raise UsageError(f"RDKit can't read {shorten(data_or_path)}")
        return cls(io.StringIO(chemistry.MolToPDBBlock(molecule)), caption=caption, file_type="pdb")

    @classmethod
    def from_smiles(cls, data: str, caption: str | None = None, **_options: Any) -> Molecule:
        """Make one of a SMILES text.

        Raises:
            UsageError: RDKit isn't installed, or can't read it.
        """
        chemistry = _rdkit()
        molecule = chemistry.MolFromSmiles(data)
        if molecule is None:
            raise UsageError(f"{shorten(data)} is no SMILES text that RDKit reads")
        from rdkit.Chem import AllChem  # type: ignore[import-not-found]

        molecule = chemistry.AddHs(molecule)
        AllChem.EmbedMolecule(molecule, randomSeed=0)
        return cls.from_rdkit(molecule, caption=caption)

    @classmethod
    def group_to_row(cls, items: Sequence[Media], place: MediaPlace) -> dict[str, Any]:
        """Write several molecules."""
        molecules = cls.alike(items)
        names = [one.to_row(place)["path"] for one in molecules]
        captions = [one.caption or "" for one in molecules] if any(one.caption for one in molecules) else False
        return {"_type": "molecule", "filenames": names, "count": len(names), "captions": captions}


def _rdkit() -> Any:
    try:
        from rdkit import Chem  # type: ignore[import-not-found]
    except ImportError:
        raise UsageError("this needs RDKit: pip install rdkit") from None
    return Chem
