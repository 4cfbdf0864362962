/** Why a run went as it did: the course of a pin or of a VM's start and the biography of a folio, from runs repeated with a trace. */
package pinfold.experiment.explain;
